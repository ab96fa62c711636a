// Calls the Gemini API with fetch. The key comes from the environment and goes into one header: it is in no URL, no
// error and no log.
import { ENVIRONMENT_VARIABLES } from '../../contract/environment-variables';
import { refuse } from '../../contract/invalid-input';
import { EmbeddingError } from './embedding-error';
import { member } from './embedding-model';
import type { InvokeModel } from './invoke-model';

export interface GeminiOptions {
  /** Default `https://generativelanguage.googleapis.com`; anything but HTTPS is allowed on loopback only. */
  readonly geminiBaseUrl?: string | undefined;
  /** Where the key is read, default `process.env`: `GEMINI_API_KEY`, or `GOOGLE_API_KEY`. */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

const DEFAULT_BASE_URL = 'https://generativelanguage.googleapis.com';
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);
/** Milliseconds that an answer may take. */
const TIMEOUT_MS = 60_000;

/** @throws InvalidInputError for a base URL that would send the key in the clear */
export function geminiInvoker(options: GeminiOptions = {}): InvokeModel {
  const base = baseUrl(options.geminiBaseUrl ?? DEFAULT_BASE_URL);
  const env = options.env ?? process.env;
  return async (modelId, body, signal) => {
    const key = env['GEMINI_API_KEY']?.trim() || env['GOOGLE_API_KEY']?.trim();
    if (key === undefined || key === '') {
      throw new EmbeddingError(
        'NO_CREDENTIALS',
        `${modelId} needs a key of the Gemini API in GEMINI_API_KEY (or GOOGLE_API_KEY): aistudio.google.com/apikey makes one. ` +
          `Models of Bedrock need none; ${ENVIRONMENT_VARIABLES.bedrockModelId} chooses the model.`,
      );
    }
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const model = modelId.replace(/^models\//, '');
    const answer = await fetch(`${base}/v1beta/models/${model}:batchEmbedContents`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-goog-api-key': key },
      body: JSON.stringify(body),
      // A redirect would carry the key elsewhere.
      redirect: 'error',
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    const text = await answer.text();
    if (!answer.ok) throw refusalOf(answer.status, text, key);
    return JSON.parse(text) as unknown;
  };
}

function baseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.has(url.hostname));
  refuse(
    'base URL of the Gemini API',
    safe ? [] : [`"${text}" must begin with https:// (http:// on loopback), because the key is sent to it.`],
  );
  return text.replace(/\/+$/, '');
}

/** A failure in the form of the AWS SDK's, so that both are told apart and repeated by the same rules. */
function refusalOf(status: number, text: string, key: string): Error {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    parsed = undefined;
  }
  const error = member(parsed, 'error');
  const said = member(error, 'message');
  const reason = typeof said === 'string' && said !== '' ? said.trim() : `status ${status}`;
  const message = reason.replaceAll(key, '(the key)');
  // The service answers 400 to a key that it does not know.
  const wrongKey = status === 401 || /API[ _]key/i.test(message);
  return Object.assign(new Error(message), {
    name: wrongKey ? 'InvalidClientTokenId' : nameOf(member(error, 'status')),
    $metadata: { httpStatusCode: status },
  });
}

function nameOf(status: unknown): string {
  return typeof status === 'string' && status !== '' ? status : 'GeminiError';
}
