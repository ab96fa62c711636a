// An embedder over a model that is called: a bounded number of calls at once under the account's quota, throttling
// repeated, texts that are too long refused or cut by a policy that the caller chose, and every text answered for by itself.
import { isWellFormed, utf8Length } from '../../contract/vectors/text';
import { inParallel } from '../concurrency/in-parallel';
import { listenedTo } from '../retry/call-signal';
import { serviceFailureCode } from '../retry/service-failure';
import { withRetries } from '../retry/with-retries';
import type { RetryPolicy } from '../retry/retry-policy';
import { messageOf } from '../runtime-error';
import type { EmbeddingModel, ModelAnswer } from './embedding-model';
import { CallRate, estimatedTokens } from './call-rate';
import type { ModelQuota } from './call-rate';
import { cutToBytes, cutToLength } from './cut-text';
import type {
  EmbedOptions,
  Embedder,
  EmbeddingOutcome,
  EmbeddingPurpose,
  TruncationPolicy,
} from './embedder';
import { asEmbeddingError, EmbeddingError, EVERY_TEXT_FAILS } from './embedding-error';
import type { InvokeModel } from './invoke-model';

export interface ModelEmbedderOptions {
  /** The id to invoke: the model's own, an inference profile's, or an ARN. */
  readonly modelId: string;
  readonly model: EmbeddingModel;
  readonly dimension: number;
  readonly invoke: InvokeModel;
  /** Default `refuse`. */
  readonly truncation?: TruncationPolicy | undefined;
  /** Calls under way at once, default 8. */
  readonly concurrency?: number | undefined;
  readonly retry?: Partial<RetryPolicy> | undefined;
  /** Whether vectors have length 1, default true. */
  readonly normalize?: boolean | undefined;
  /** The account's quota for the model; a `CallRate` is shared with other embedders. Default: as fast as it goes. */
  readonly rate?: ModelQuota | CallRate | undefined;
}

const DEFAULT_CONCURRENCY = 8;
/** How often a text is cut again after the model counted too many tokens. */
const MAX_CUTS = 4;

interface PendingText {
  readonly position: number;
  readonly text: string;
  readonly truncated: boolean;
}

export class ModelEmbedder implements Embedder {
  readonly modelId: string;
  readonly dimension: number;
  readonly variant: string;
  private readonly truncation: TruncationPolicy;
  private readonly normalize: boolean;
  private readonly rate: CallRate | undefined;

  constructor(private readonly options: ModelEmbedderOptions) {
    this.modelId = options.modelId;
    this.dimension = options.dimension;
    this.truncation = options.truncation ?? 'refuse';
    this.normalize = options.normalize ?? true;
    this.variant = `truncation=${this.truncation},normalize=${String(this.normalize)}`;
    const { rate } = options;
    this.rate = rate === undefined || rate instanceof CallRate ? rate : new CallRate(rate);
  }

  async embed(
    texts: readonly string[],
    purpose: EmbeddingPurpose,
    { signal }: EmbedOptions = {},
  ): Promise<EmbeddingOutcome[]> {
    listenedTo(signal);
    const outcomes: EmbeddingOutcome[] = [];
    const pending: PendingText[] = [];
    for (const [position, text] of texts.entries()) {
      const admitted = this.admit(text, position);
      if (admitted instanceof EmbeddingError) outcomes[position] = { error: admitted };
      else pending.push(admitted);
    }
    const { textsPerCall } = this.options.model;
    const calls = Array.from({ length: Math.ceil(pending.length / textsPerCall) }, (_, call) =>
      pending.slice(call * textsPerCall, (call + 1) * textsPerCall),
    );
    const hopeless: EmbeddingError[] = [];
    await inParallel(calls, this.options.concurrency ?? DEFAULT_CONCURRENCY, async (group) => {
      const [known] = hopeless;
      const answered =
        known === undefined
          ? await this.embedGroup(group, purpose, signal)
          : group.map(() => ({ error: known }));
      for (const [place, outcome] of answered.entries()) {
        outcomes[(group[place] as PendingText).position] = outcome;
        if (outcome.error !== undefined && EVERY_TEXT_FAILS.has(outcome.error.code))
          hopeless.push(outcome.error);
      }
    });
    return outcomes;
  }

  private admit(text: unknown, position: number): PendingText | EmbeddingError {
    if (typeof text !== 'string')
      return new EmbeddingError('INVALID_TEXT', `the text is ${typeof text}, not a string.`);
    if (text.trim() === '') return new EmbeddingError('EMPTY_TEXT', 'the text is empty or white space only.');
    if (!isWellFormed(text)) {
      return new EmbeddingError(
        'INVALID_TEXT',
        'the text holds half of a surrogate pair (cut inside an emoji?); cut text by code point, or use toWellFormed().',
      );
    }
    const { maxCharacters, maxBytes = Infinity } = this.options.model;
    const whole = text.length <= maxCharacters;
    const bytes = maxBytes === Infinity ? 0 : utf8Length(text);
    if (whole && bytes <= maxBytes) return { position, text, truncated: false };
    if (this.truncation === 'refuse') {
      return this.tooLong(
        whole
          ? `it has ${bytes} bytes and the model reads about ${maxBytes}`
          : `it has ${text.length} characters and the model reads ${maxCharacters}`,
      );
    }
    const cut = cutToLength(text, maxCharacters);
    return { position, text: maxBytes === Infinity ? cut : cutToBytes(cut, maxBytes), truncated: true };
  }

  /** Embeds the texts of one call; where the model refuses a group, each text by itself. */
  private async embedGroup(
    group: readonly PendingText[],
    purpose: EmbeddingPurpose,
    signal: AbortSignal | undefined,
  ): Promise<EmbeddingOutcome[]> {
    const [only, second] = group;
    if (only === undefined) return [];
    if (second === undefined) return [await this.embedOne(only, purpose, signal)];
    try {
      const { vectors, inputTokens } = await this.invoke(group, purpose, signal);
      return group.map(({ truncated }, place) => ({
        embedding: {
          vector: vectors[place] ?? [],
          truncated,
          // The model counts a call as a whole.
          inputTokens: inputTokens === undefined ? undefined : inputTokens / group.length,
        },
      }));
    } catch (thrown) {
      signal?.throwIfAborted();
      const error = asEmbeddingError(thrown, this.modelId, this.options.model.provider);
      if (error.code !== 'REFUSED_BY_SERVICE') return group.map(() => ({ error }));
      const outcomes: EmbeddingOutcome[] = [];
      for (const text of group) outcomes.push(await this.embedOne(text, purpose, signal));
      return outcomes;
    }
  }

  private async embedOne(
    pending: PendingText,
    purpose: EmbeddingPurpose,
    signal: AbortSignal | undefined,
  ): Promise<EmbeddingOutcome> {
    let { text, truncated } = pending;
    for (let cuts = 0; ; cuts += 1) {
      try {
        const answer = await this.invoke([{ ...pending, text }], purpose, signal);
        return {
          embedding: {
            vector: answer.vectors[0] ?? [],
            truncated: truncated || answer.truncated === true,
            inputTokens: answer.inputTokens,
          },
        };
      } catch (thrown) {
        signal?.throwIfAborted();
        const shorter = tokenOverflow(thrown);
        if (shorter === undefined)
          return { error: asEmbeddingError(thrown, this.modelId, this.options.model.provider) };
        if (this.truncation === 'refuse' || cuts === MAX_CUTS) {
          return { error: this.tooLong(messageOf(thrown), thrown) };
        }
        text = cutToLength(text, Math.max(1, Math.floor(text.length * shorter)));
        truncated = true;
      }
    }
  }

  private async invoke(
    group: readonly PendingText[],
    purpose: EmbeddingPurpose,
    signal: AbortSignal | undefined,
  ): Promise<ModelAnswer> {
    const { model, invoke, retry } = this.options;
    const texts = group.map(({ text }) => text);
    const body = model.request({
      texts,
      dimension: this.dimension,
      purpose,
      truncation: this.truncation,
      normalize: this.normalize,
    });
    const tokens = this.rate === undefined ? 0 : estimatedTokens(texts);
    const answer = model.answer(
      await withRetries(
        async () => {
          // A repeated call counts against the quota like any other.
          await this.rate?.take(tokens, signal);
          return invoke(this.modelId, body, signal);
        },
        { policy: retry, signal },
      ),
    );
    if (answer?.inputTokens !== undefined) this.rate?.counted(tokens, answer.inputTokens);
    const lengths = answer?.vectors.map((vector) => vector.length) ?? [];
    if (
      answer === undefined ||
      lengths.length !== texts.length ||
      lengths.some((length) => length !== this.dimension)
    ) {
      throw new EmbeddingError(
        'UNEXPECTED_ANSWER',
        `${this.modelId} answered ${
          answer === undefined
            ? 'without vectors'
            : `${lengths.length} vectors of lengths ${[...new Set(lengths)].join(', ')}`
        }; ${texts.length} of ${this.dimension} dimensions were asked for.`,
      );
    }
    return answer;
  }

  private tooLong(why: string, cause?: unknown): EmbeddingError {
    return new EmbeddingError(
      'TEXT_TOO_LONG',
      `the text is too long for ${this.modelId}: ${why.replace(/\.$/, '')}. Cut it into sections, or let the embedder cut its end (truncation: 'end').`,
      { cause },
    );
  }
}

/** By which factor to shorten a text that has too many tokens, or undefined when that was not the failure. */
function tokenOverflow(thrown: unknown): number | undefined {
  // Bedrock's throttling says "Too many tokens, please wait before trying again": only a refusal is about the text.
  if (serviceFailureCode(thrown) !== 'REFUSED_BY_SERVICE') return undefined;
  const message = messageOf(thrown);
  // Titan: "Too many input tokens. Max input tokens: 8192, request input token count: 9000"
  const counted = /max input tokens: (\d+).*token count: (\d+)/is.exec(message);
  if (counted !== null) return Math.min(0.97, (Number(counted[1]) / Number(counted[2])) * 0.97);
  return /too many.*tokens|tokens.*(at most|exceed|too long)|(exceed|maximum|too long).*tokens/is.test(
    message,
  )
    ? 0.8
    : undefined;
}
