// What a migration is asked to do, checked before anything is read or written.
import type { IndexShape } from '../../contract/index-shape';
import { refuse } from '../../contract/invalid-input';
import type { Embedder } from '../embedders/embedder';
import { textKeyOf } from '../embedding-service/document';
import { sameModel } from '../records/record-decision';
import type { DecisionRules } from '../records/record-decision';
import type { VectorStore } from '../vector-store/vector-store';
import type { IndexDescription } from '../vector-store/index-description';
import type { Identity } from './checkpoint';
import type { MigrationSource } from './migration-source';

/** What is moved where, and how records are judged: the same for dry run, migration and verification. */
export interface MigrationPlan {
  readonly source: MigrationSource;
  readonly store: VectorStore;
  /** The model whose vectors the index holds. Vectors of others are made anew, or fail. Default: the embedder's. */
  readonly model?: string | undefined;
  /** Makes vectors from texts where a vector cannot be kept; without one such records fail. */
  readonly embedder?: Embedder | undefined;
  /** Keeps vectors of which nobody says who made them, if their dimension fits. Default false. */
  readonly trustVectors?: boolean | undefined;
  /** Brings nested metadata and null into a form that fits; without it such records fail. Default false. */
  readonly flattenMetadata?: boolean | undefined;
  /** Whether texts go into the index as metadata, where `EmbeddingService` finds them. Default true. */
  readonly texts?: boolean | undefined;
  /** Metadata key of the texts; default as `EmbeddingService`: `text`, or the index's first non-filterable key. */
  readonly textKey?: string | undefined;
  /** Only keys that begin so. */
  readonly prefix?: string | undefined;
  /** Only what was written at this time or later; buckets and folders. */
  readonly since?: Date | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @throws InvalidInputError listing everything that speaks against the plan */
export function rulesOf(plan: MigrationPlan, shape: IndexShape): DecisionRules {
  const {
    source,
    embedder,
    trustVectors = false,
    flattenMetadata = false,
    texts = true,
    prefix,
    since,
  } = plan;
  const model = plan.model ?? embedder?.modelId;
  refuse('migration', [
    ...source.problems({ prefix, since }),
    ...(model === undefined && !trustVectors
      ? [
          'nobody says which model the vectors of the index are of: name it (`model`, or an `embedder`), or trust that ' +
            'all vectors of the source are of one model that fits (`trustVectors`).',
        ]
      : []),
    ...(embedder !== undefined && plan.model !== undefined && !sameModel(plan.model, embedder.modelId)
      ? [`the index holds vectors of ${plan.model} and the embedder makes those of ${embedder.modelId}.`]
      : []),
    ...(embedder !== undefined && embedder.dimension !== shape.dimension
      ? [
          `${embedder.modelId} makes vectors of ${embedder.dimension} dimensions and the index holds ${shape.dimension}.`,
        ]
      : []),
    ...(!texts && plan.textKey !== undefined ? ['`textKey` is given although texts are left behind.'] : []),
  ]);
  return {
    shape,
    model,
    trustVectors,
    embeds: embedder !== undefined,
    textKey: texts ? (plan.textKey ?? textKeyOf(shape)) : undefined,
    flattenMetadata,
  };
}

/** What must be the same for a run to go on where another ended. */
export async function identityOf(
  { source, prefix, since }: MigrationPlan,
  rules: DecisionRules,
  { vectorBucketName, indexName, creationTime }: IndexDescription,
): Promise<Identity> {
  return {
    ...(await source.identity()),
    'vector bucket': vectorBucketName,
    index: indexName,
    // An index that was made anew is empty, however far its predecessor had come.
    'creation of the index': creationTime?.toISOString() ?? 'unknown',
    model: rules.model ?? 'any',
    'trust in unknown vectors': String(rules.trustVectors),
    embedding: String(rules.embeds),
    'metadata key of the text': rules.textKey ?? 'none',
    'flattened metadata': String(rules.flattenMetadata),
    ...(prefix === undefined ? {} : { prefix }),
    ...(since === undefined ? {} : { since: since.toISOString() }),
  };
}
