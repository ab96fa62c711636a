// An embedder that asks a cache first, and embeds a text that is given several times once.
import { inParallel } from '../concurrency/in-parallel';
import { SILENT } from '../logging/log';
import type { Log } from '../logging/log';
import { messageOf } from '../runtime-error';
import type { EmbedOptions, Embedder, EmbeddingOutcome, EmbeddingPurpose } from './embedder';
import { EmbeddingError } from './embedding-error';
import { cacheEntry, cacheKey, entryProblem, sha256 } from './embedding-cache';
import type { CacheEntry, CacheSubject, EmbeddingCache } from './embedding-cache';

/** Entries read or written at once. */
const CONCURRENCY = 16;

interface DistinctText {
  readonly text: string;
  readonly subject: CacheSubject;
  readonly key: string;
  readonly positions: number[];
}

/**
 * The embedder with a cache in front. Failures are not kept. An entry that cannot be used, and a cache that cannot be
 * read or written, are logged (`embedding_cache_unusable`, with the key and the reason) and cost no more than the entry.
 */
export function cachedEmbedder(embedder: Embedder, cache: EmbeddingCache, log: Log = SILENT): Embedder {
  const unusable = (key: string, reason: string) => {
    log.warn({ model: embedder.modelId, key, reason }, 'embedding_cache_unusable');
  };

  const lookUp = async (
    { key, subject }: DistinctText,
    signal: AbortSignal | undefined,
  ): Promise<EmbeddingOutcome | undefined> => {
    try {
      const found = await cache.get(key, signal);
      if (found === undefined) return undefined;
      const problem = entryProblem(found, subject);
      if (problem === undefined) {
        const { vector, truncated } = found as CacheEntry;
        return { embedding: { vector, truncated, inputTokens: 0, cached: true } };
      }
      unusable(key, `${problem}; it is made again.`);
    } catch (thrown) {
      signal?.throwIfAborted();
      unusable(key, `reading it failed: ${messageOf(thrown)}`);
    }
    return undefined;
  };

  const keep = async (
    { key, subject }: DistinctText,
    outcome: EmbeddingOutcome | undefined,
    signal: AbortSignal | undefined,
  ): Promise<void> => {
    if (outcome?.embedding === undefined) return;
    const { vector, truncated } = outcome.embedding;
    try {
      await cache.put(key, cacheEntry(subject, vector, truncated), signal);
    } catch (thrown) {
      signal?.throwIfAborted();
      unusable(key, `keeping it failed: ${messageOf(thrown)}`);
    }
  };

  const embed = async (
    texts: readonly string[],
    purpose: EmbeddingPurpose,
    options: EmbedOptions = {},
  ): Promise<EmbeddingOutcome[]> => {
    const { signal } = options;
    const outcomes: EmbeddingOutcome[] = [];
    const distinct = new Map<unknown, DistinctText>();
    for (const [position, text] of texts.entries()) {
      const given: unknown = text;
      const known = distinct.get(text);
      if (known !== undefined) {
        known.positions.push(position);
        continue;
      }
      const subject = {
        modelId: embedder.modelId,
        dimension: embedder.dimension,
        purpose,
        variant: embedder.variant ?? '',
        // What is no string the embedder itself refuses, and a refusal is never kept.
        textHash: typeof given === 'string' ? sha256(given) : '',
      };
      distinct.set(text, { text, subject, key: cacheKey(subject), positions: [position] });
    }
    const wanted = [...distinct.values()];
    const kept = await inParallel(wanted, CONCURRENCY, (each) =>
      typeof each.text === 'string' ? lookUp(each, signal) : Promise.resolve(undefined),
    );
    const missing = wanted.filter((_, place) => kept[place] === undefined);
    const made =
      missing.length === 0
        ? []
        : await embedder.embed(
            missing.map(({ text }) => text),
            purpose,
            options,
          );
    await inParallel(missing, CONCURRENCY, (each, place) => keep(each, made[place], signal));
    const settle = ({ positions }: DistinctText, outcome: EmbeddingOutcome) => {
      for (const [repetition, position] of positions.entries()) {
        outcomes[position] =
          repetition === 0 || outcome.embedding === undefined
            ? outcome
            : { embedding: { ...outcome.embedding, inputTokens: 0, cached: true } };
      }
    };
    for (const [place, each] of wanted.entries()) {
      const outcome = kept[place];
      if (outcome !== undefined) settle(each, outcome);
    }
    for (const [place, each] of missing.entries()) {
      settle(each, made[place] ?? { error: noOutcome() });
    }
    return outcomes;
  };

  return {
    modelId: embedder.modelId,
    dimension: embedder.dimension,
    variant: embedder.variant,
    embed,
  };
}

function noOutcome(): EmbeddingError {
  return new EmbeddingError('UNEXPECTED_ANSWER', 'the embedder returned no outcome for this text.');
}
