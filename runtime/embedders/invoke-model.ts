// Calls Bedrock. The SDK's client is loaded with the first call, so that a service that brings its own vectors
// never pays for it.
import type { BedrockRuntimeClient, BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime';

/** Sends a JSON body to a model once and returns the JSON of its answer. */
export type InvokeModel = (
  modelId: string,
  body: Readonly<Record<string, unknown>>,
  signal: AbortSignal | undefined,
) => Promise<unknown>;

export interface BedrockOptions {
  /** AWS Region; default as the SDK finds it (`AWS_REGION`, profile). */
  readonly region?: string | undefined;
  /** Endpoint URL; default as the SDK finds it (`AWS_ENDPOINT_URL_BEDROCK_RUNTIME`, `AWS_ENDPOINT_URL`). */
  readonly endpoint?: string | undefined;
  readonly credentials?: BedrockRuntimeClientConfig['credentials'];
}

/** Milliseconds that an answer may take. The client speaks HTTP/2, whose handler knows no other limit. */
const TIMEOUTS = { requestTimeout: 60_000 };

export function bedrockInvoker(options: BedrockOptions = {}): InvokeModel {
  let client: BedrockRuntimeClient | undefined;
  return async (modelId, body, signal) => {
    const { BedrockRuntimeClient: Client, InvokeModelCommand } =
      await import('@aws-sdk/client-bedrock-runtime');
    client ??= new Client({
      maxAttempts: 1,
      requestHandler: TIMEOUTS,
      ...(options.region === undefined ? {} : { region: options.region }),
      ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
      ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
    });
    const answer = await client.send(
      new InvokeModelCommand({
        modelId,
        contentType: 'application/json',
        accept: 'application/json',
        body: JSON.stringify(body),
      }),
      { abortSignal: signal },
    );
    return JSON.parse(Buffer.from(answer.body).toString('utf8')) as unknown;
  };
}
