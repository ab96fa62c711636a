// The catalogue: which vector buckets and indexes there are, and everything about them that is not vectors. Kept in
// memory, written through to the database. Changes run one after the other, each on disk before the next begins, so
// that of two equal creations one wins.
import type { IndexShape } from '../../../contract/index-shape';
import type { IndexMode } from '../../../contract/vectors/filter';
import type { Database } from './database';

export interface Encryption {
  readonly sseType: 'AES256' | 'aws:kms';
  /** Present exactly for aws:kms. */
  readonly kmsKeyArn?: string;
}

export interface Bucket {
  readonly name: string;
  /** Milliseconds since the epoch, whole seconds as the service keeps them. */
  readonly creationTime: number;
  readonly encryption: Encryption;
  readonly tags: Readonly<Record<string, string>>;
  /** The resource policy's JSON text. */
  readonly policy?: string;
  /** The mode of new indexes; absent in directories of before index modes, where it means ENHANCED. */
  readonly defaultIndexMode?: IndexMode;
}

export interface Index {
  /** Never used again, even after deletion. */
  readonly id: number;
  readonly bucketName: string;
  readonly name: string;
  readonly creationTime: number;
  readonly shape: IndexShape;
  readonly encryption: Encryption;
  readonly tags: Readonly<Record<string, string>>;
  /** Absent in directories of before index modes, where it means ENHANCED. */
  readonly mode?: IndexMode;
}

export class Catalog {
  private readonly bucketsByName = new Map<string, Bucket>();
  private readonly indexesByBucket = new Map<string, Map<string, Index>>();
  private lastIndexId = 0;
  private changes: Promise<unknown> = Promise.resolve();

  constructor(private readonly database: Database) {
    for (const { key, value } of database.catalog.getRange({})) {
      if (key === LAST_INDEX_ID) this.lastIndexId = value as number;
      else if (key.startsWith(BUCKET)) this.remember(value as Bucket);
      else if (key.startsWith(INDEX)) this.rememberIndex(value as Index);
    }
  }

  bucket(name: string): Bucket | undefined {
    return this.bucketsByName.get(name);
  }

  /** All buckets in the order of their names. */
  buckets(): Bucket[] {
    return [...this.bucketsByName.values()].sort(byName);
  }

  index(bucketName: string, name: string): Index | undefined {
    return this.indexesByBucket.get(bucketName)?.get(name);
  }

  /** All indexes of a bucket in the order of their names. */
  indexes(bucketName: string): Index[] {
    return [...(this.indexesByBucket.get(bucketName)?.values() ?? [])].sort(byName);
  }

  /** The ids of all indexes. */
  indexIds(): Set<number> {
    return new Set(
      [...this.indexesByBucket.values()].flatMap((indexes) => [...indexes.values()].map(({ id }) => id)),
    );
  }

  /** The id that the next index gets. */
  get nextIndexId(): number {
    return this.lastIndexId + 1;
  }

  /**
   * Runs a change alone. What it decides from the catalogue stays true until its own writes are on disk.
   * A change that throws has changed nothing.
   */
  exclusively<T>(change: (writer: CatalogWriter) => Promise<T>): Promise<T> {
    const result = this.changes.then(() => change(this.writer));
    this.changes = result.catch(() => undefined);
    return result;
  }

  private readonly writer: CatalogWriter = {
    putBucket: async (bucket) => {
      await this.database.commit(() => void this.database.catalog.put(BUCKET + bucket.name, bucket));
      this.remember(bucket);
    },
    removeBucket: async (name) => {
      await this.database.commit(() => void this.database.catalog.remove(BUCKET + name));
      this.bucketsByName.delete(name);
      this.indexesByBucket.delete(name);
    },
    putIndex: async (index) => {
      const lastIndexId = Math.max(this.lastIndexId, index.id);
      await this.database.commit(() => {
        void this.database.catalog.put(indexKey(index), index);
        void this.database.catalog.put(LAST_INDEX_ID, lastIndexId);
      });
      this.lastIndexId = lastIndexId;
      this.rememberIndex(index);
    },
    removeIndex: async (index) => {
      await this.database.commit(() => void this.database.catalog.remove(indexKey(index)));
      this.indexesByBucket.get(index.bucketName)?.delete(index.name);
    },
  };

  private remember(bucket: Bucket): void {
    this.bucketsByName.set(bucket.name, bucket);
  }

  private rememberIndex(index: Index): void {
    const indexes = this.indexesByBucket.get(index.bucketName) ?? new Map<string, Index>();
    indexes.set(index.name, index);
    this.indexesByBucket.set(index.bucketName, indexes);
  }
}

/** Writes to the catalogue; only within `exclusively`. Each resolves once it is on disk. */
export interface CatalogWriter {
  putBucket(bucket: Bucket): Promise<void>;
  removeBucket(name: string): Promise<void>;
  putIndex(index: Index): Promise<void>;
  removeIndex(index: Index): Promise<void>;
}

const BUCKET = 'bucket/';
const INDEX = 'index/';
const LAST_INDEX_ID = 'last-index-id';

function indexKey(index: Index): string {
  return `${INDEX}${index.bucketName}/${index.name}`;
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
