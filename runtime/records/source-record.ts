// One record as its source has it, before anybody has judged it: a line of JSONL, or an embedding of the older layout.
import type { JsonObject } from '../embedding-archive/archived-embedding';

export interface SourceRecord {
  readonly key: string;
  readonly vector: readonly number[] | undefined;
  readonly text: string | undefined;
  readonly metadata: JsonObject | undefined;
  /** Id of the model that made the vector, where the item says so. */
  readonly model: string | undefined;
  /** What the item holds and no record has a place for, by name. */
  readonly leftOut: readonly string[];
}
