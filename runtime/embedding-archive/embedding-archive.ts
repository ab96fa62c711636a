// The older layout: one JSON object an embedding in an S3 bucket, `embeddings/{id}.json` or `.json.gz`. Good for
// fetching by id and for moving to S3 Vectors; its search reads every object, which is exact and slow.
//
// Both forms of an id are read. Where both exist the newer one counts (in the same second the form that this archive
// writes), and storing leaves only the form that it wrote.
import { refuse } from '../../contract/invalid-input';
import { MAX_TOP_K, MIN_TOP_K } from '../../contract/limits';
import { cosineDistance } from '../../contract/vectors/distance';
import { parseFilter } from '../../contract/vectors/filter';
import { compileFilter } from '../../contract/vectors/filter-predicate';
import type { Metadata } from '../../contract/vectors/metadata';
import { Slots } from '../concurrency/slots';
import { SILENT } from '../logging/log';
import type { Log } from '../logging/log';
import { callSignal } from '../retry/call-signal';
import { unlessAborted } from '../retry/unless-aborted';
import { filterForQuery } from '../vector-store/query-filter';
import type { QueryFilter } from '../vector-store/query-filter';
import { ArchiveError, asArchiveError } from './archive-error';
import { archiveKey, DEFAULT_PREFIX, idProblems } from './archive-key';
import { ArchiveObjects } from './archive-objects';
import type { S3Options } from './archive-objects';
import { readArchivedEmbedding, writeArchivedEmbedding } from './archived-embedding';
import type { ArchivedEmbedding, JsonObject, NewEmbedding } from './archived-embedding';
import { NearestMatches } from './nearest-matches';
import { newerOf, paired } from './object-pairs';
import type { ArchiveEntry } from './object-pairs';

export interface EmbeddingArchiveOptions extends S3Options {
  readonly bucketName: string;
  /** What keys begin with, default `embeddings/`. */
  readonly prefix?: string | undefined;
  readonly log?: Log | undefined;
  /** Whether `store` writes gzip (`.json.gz`), default false. Both forms are read either way. */
  readonly compress?: boolean | undefined;
}

export interface ArchiveCallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface ListOptions extends ArchiveCallOptions {
  /** Only ids that begin so. */
  readonly prefix?: string | undefined;
  /** Only objects written at this time or later. */
  readonly since?: Date | undefined;
  /**
   * Goes on after the entry of this id. None is left out; where ids contain `.json` themselves, one that was listed
   * just before may come again.
   */
  readonly after?: string | undefined;
  /** Told of every object under the prefix that is none of this layout. */
  readonly onOther?: ((key: string) => void) | undefined;
}

export interface ArchiveSearchOptions extends Pick<ListOptions, 'prefix' | 'since' | 'signal'> {
  /** Matches wanted, 1–10,000, default 10. */
  readonly topK?: number | undefined;
  /** As for an index; evaluated here, on every object. */
  readonly filter?: QueryFilter | undefined;
  /** Only embeddings of this model: an object that names another one is in `failed`. Those that name none are searched. */
  readonly model?: string | undefined;
  /** Objects fetched at once, default 16: they and the matches are all that is held in memory. */
  readonly concurrency?: number | undefined;
}

export interface ArchiveMatch {
  readonly id: string;
  readonly key: string;
  /** The cosine, −1 to 1. */
  readonly similarity: number;
  /** 1 − cosine, 0–2. */
  readonly distance: number;
  readonly text: string | undefined;
  readonly metadata: JsonObject | undefined;
  readonly model: string | undefined;
}

export interface UnsearchableObject {
  readonly key: string;
  readonly reason: string;
}

export interface ArchiveSearchResult {
  /** Nearest first; among equal distances by id. */
  readonly matches: readonly ArchiveMatch[];
  /** Embeddings that were compared, those that the filter left out included. */
  readonly searched: number;
  /** Objects that could not be compared. */
  readonly failedCount: number;
  /** The first 1,000 of them, with the reason. */
  readonly failed: readonly UnsearchableObject[];
}

const DEFAULT_CONCURRENCY = 16;
const DEFAULT_TOP_K = 10;
const MAX_FAILED_NAMED = 1_000;

/** One bucket of embeddings. Safe to share and meant to be kept: it holds connections. */
export class EmbeddingArchive {
  readonly bucketName: string;
  readonly prefix: string;
  private readonly compress: boolean;
  private readonly log: Log;
  private readonly objects: ArchiveObjects;
  private readonly creating = new Map<string, Promise<ArchivedEmbedding>>();
  /** How many have ended, of any id. */
  private creations = 0;

  /** @throws InvalidInputError when the name cannot be a bucket's */
  constructor(options: EmbeddingArchiveOptions) {
    const { bucketName, prefix = DEFAULT_PREFIX } = options;
    refuse(
      'embedding archive',
      /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucketName)
        ? []
        : [
            `bucket name "${bucketName}" must be 3 to 63 lowercase letters, digits, dots and hyphens (VECTOR_BUCKET_NAME).`,
          ],
    );
    this.bucketName = bucketName;
    this.prefix = prefix;
    this.compress = options.compress ?? false;
    this.log = options.log ?? SILENT;
    this.objects = new ArchiveObjects(bucketName, options);
  }

  /**
   * Writes an embedding, replacing what the id had in either form.
   * @throws InvalidInputError listing everything that cannot be written; nothing is sent then
   * @throws ArchiveError
   */
  async store(
    id: string,
    value: NewEmbedding,
    { signal }: ArchiveCallOptions = {},
  ): Promise<{ readonly key: string; readonly bytes: number }> {
    this.checkId(id);
    const bytes = writeArchivedEmbedding(id, value, this.compress);
    const key = archiveKey(this.prefix, id, this.compress);
    const twin = archiveKey(this.prefix, id, !this.compress);
    try {
      const replaced = await this.objects.exists(twin, signal);
      await this.objects.put(key, bytes, this.compress, signal);
      // Deleting what is not there would leave a delete marker in a versioned bucket.
      if (replaced === true) await this.objects.delete(twin, signal);
    } catch (thrown) {
      const error = asArchiveError(thrown, { bucketName: this.bucketName, operation: 'PutObject', key });
      this.log.error({ bucketName: this.bucketName, id, code: error.code }, 'vector_store_failed');
      throw error;
    }
    this.log.info(
      {
        bucketName: this.bucketName,
        id,
        dimension: value.embedding.length,
        bytes: bytes.length,
        compressed: this.compress,
      },
      'vector_stored',
    );
    return { key, bytes: bytes.length };
  }

  /**
   * The embedding of an id; undefined where there is none.
   * @throws InvalidInputError for an id that cannot exist
   * @throws ArchiveError `UNREADABLE_OBJECT` where the object is no embedding of this layout
   */
  async retrieve(id: string, { signal }: ArchiveCallOptions = {}): Promise<ArchivedEmbedding | undefined> {
    this.checkId(id);
    try {
      const [plain, compressed] = await Promise.all(
        [false, true].map((form) => this.objects.get(archiveKey(this.prefix, id, form), signal)),
      );
      const object =
        plain === undefined || compressed === undefined
          ? (plain ?? compressed)
          : newerOf(plain, compressed, this.compress);
      if (object === undefined) {
        this.log.warn({ bucketName: this.bucketName, id }, 'vector_not_found');
        return undefined;
      }
      const read = readArchivedEmbedding(object.bytes, object.key, this.prefix);
      this.log.info(
        { bucketName: this.bucketName, id, dimension: read.embedding.length },
        'vector_retrieved',
      );
      return read;
    } catch (thrown) {
      throw this.retrieveFailed(thrown, 'GetObject', { id });
    }
  }

  /**
   * The object of a key as `list` gave it; undefined where it is gone meanwhile. Not logged: who reads a whole archive
   * counts for itself.
   * @throws ArchiveError `UNREADABLE_OBJECT` where the object is no embedding of this layout
   */
  async read(key: string, { signal }: ArchiveCallOptions = {}): Promise<ArchivedEmbedding | undefined> {
    const object = await this.objects.get(key, signal);
    return object === undefined ? undefined : readArchivedEmbedding(object.bytes, key, this.prefix);
  }

  /**
   * The embedding of an id, made and stored where there is none. Calls for the same id at the same time make it once.
   * An object that is there and unreadable is an error: what somebody stored is not replaced unasked.
   * @throws whatever `create` throws, and as `retrieve` and `store`
   */
  async retrieveOrCreate(
    id: string,
    create: (id: string) => NewEmbedding | Promise<NewEmbedding>,
    options: ArchiveCallOptions = {},
  ): Promise<ArchivedEmbedding> {
    const before = this.creations;
    const found = await this.retrieve(id, options);
    if (found !== undefined) return found;
    let creation = this.creating.get(id);
    if (creation === undefined) {
      // What was not there when it was looked for may have been made since.
      const lookAgain = this.creations !== before;
      creation = (lookAgain ? this.foundOrCreated(id, create) : this.created(id, create)).finally(() => {
        this.creations += 1;
        this.creating.delete(id);
      });
      // Whoever still waits is told; nobody need be.
      creation.catch(() => undefined);
      this.creating.set(id, creation);
    }
    // Others may wait for the same embedding: one caller's signal ends only its own waiting.
    return unlessAborted(creation, options.signal);
  }

  /**
   * Deletes an embedding in both forms. True where there was one, undefined where the caller may not know.
   * @throws ArchiveError
   */
  async delete(id: string, { signal }: ArchiveCallOptions = {}): Promise<boolean | undefined> {
    this.checkId(id);
    const keys = [false, true].map((form) => archiveKey(this.prefix, id, form));
    const there = await Promise.all(keys.map((key) => this.objects.exists(key, signal)));
    for (const [place, key] of keys.entries()) {
      if (there[place] !== false) await this.objects.delete(key, signal);
    }
    if (there.includes(true)) return true;
    return there.includes(undefined) ? undefined : false;
  }

  /**
   * Every id of the archive, however many, in the order of their keys.
   * @throws ArchiveError
   */
  async *list(options: ListOptions = {}): AsyncGenerator<ArchiveEntry> {
    const { prefix = '', since, after, signal, onOther } = options;
    const start = after === undefined ? undefined : archiveKey(this.prefix, after, false);
    const objects = this.objects.list(`${this.prefix}${prefix}`, start, signal);
    for await (const entry of paired(objects, { prefix: this.prefix, compress: this.compress, onOther })) {
      // The compressed form of the id after which to go on comes after its plain key.
      if (entry.id === after) continue;
      if (since !== undefined && entry.lastModified.getTime() < since.getTime()) continue;
      yield entry;
    }
  }

  /**
   * The nearest embeddings by cosine, exactly: every object is read and compared. Objects that cannot be compared
   * (unreadable, another dimension or model, all zeros) are in `failed` with the reason.
   * @throws InvalidInputError for a vector, topK or filter that cannot be
   * @throws ArchiveError when the bucket cannot be listed or an object not fetched: the result would not be exact
   */
  async search(vector: ArrayLike<number>, options: ArchiveSearchOptions = {}): Promise<ArchiveSearchResult> {
    const { topK = DEFAULT_TOP_K, signal, concurrency = DEFAULT_CONCURRENCY } = options;
    refuse('search', [
      ...queryProblems(vector),
      ...(Number.isInteger(topK) && topK >= MIN_TOP_K && topK <= MAX_TOP_K
        ? []
        : [`topK is ${topK}; it must be a whole number from ${MIN_TOP_K} to ${MAX_TOP_K}.`]),
      ...(Number.isInteger(concurrency) && concurrency >= 1
        ? []
        : [`concurrency is ${concurrency}; it must be a whole number of at least 1.`]),
    ]);
    const began = performance.now();
    const admits = predicateOf(options.filter);
    const nearest = new NearestMatches<ArchiveMatch>(topK);
    const failed: UnsearchableObject[] = [];
    let searched = 0;
    let failedCount = 0;
    const fail = (key: string, reason: string) => {
      failedCount += 1;
      if (failed.length < MAX_FAILED_NAMED) failed.push({ key, reason });
    };
    const compare = (bytes: Uint8Array, key: string) => {
      let read: ArchivedEmbedding;
      try {
        read = readArchivedEmbedding(bytes, key, this.prefix);
      } catch (thrown) {
        if (!(thrown instanceof ArchiveError) || thrown.code !== 'UNREADABLE_OBJECT') throw thrown;
        fail(key, thrown.reason ?? thrown.message);
        return;
      }
      const { id, embedding, text, metadata, model } = read;
      if (options.model !== undefined && model !== undefined && model !== options.model) {
        fail(
          key,
          `it was made by ${model}, whose vectors cannot be compared with those of ${options.model}.`,
        );
        return;
      }
      if (embedding.length !== vector.length) {
        fail(key, `it has ${embedding.length} numbers and the query ${vector.length}.`);
        return;
      }
      const distance = cosineDistance(vector, embedding);
      if (Number.isNaN(distance)) {
        fail(key, 'it is all zeros, which has no direction.');
        return;
      }
      searched += 1;
      if (!admits((metadata ?? {}) as Metadata) || !nearest.admits({ id, distance })) return;
      nearest.add({ id, key, similarity: 1 - distance, distance, text, metadata, model });
    };

    // The first failure ends the others too.
    const ending = callSignal(signal);
    const together = ending.signal;
    const slots = new Slots(concurrency);
    const running = new Set<Promise<void>>();
    let failure: unknown;
    try {
      for await (const entry of this.list({ ...options, signal: together })) {
        const release = await slots.take(together);
        const work = this.objects
          .get(entry.key, together)
          .then((object) => {
            // Deleted since it was listed.
            if (object !== undefined) compare(object.bytes, entry.key);
          })
          .catch((thrown: unknown) => {
            failure ??= thrown;
            ending.abort(thrown);
          })
          .finally(() => {
            release();
            running.delete(work);
          });
        running.add(work);
      }
    } catch (thrown) {
      failure ??= thrown;
      ending.abort(thrown);
    }
    await Promise.all(running);
    ending.end();
    if (failure !== undefined) {
      throw this.retrieveFailed(failure, 'GetObject', { aborted: signal?.aborted === true });
    }
    const matches = nearest.sorted();
    const fields = {
      bucketName: this.bucketName,
      count: matches.length,
      searched,
      failed: failedCount,
      seconds: (performance.now() - began) / 1000,
    };
    if (matches.length === 0) this.log.warn(fields, 'vector_not_found');
    else this.log.info(fields, 'vector_retrieved');
    return { matches, searched, failedCount, failed };
  }

  /**
   * Asks S3 about the bucket itself.
   * @throws ArchiveError when it is not there, not allowed or not reachable
   */
  async describe({ signal }: ArchiveCallOptions = {}): Promise<{ readonly region: string | undefined }> {
    return this.objects.head(signal);
  }

  /**
   * How the bucket encrypts new objects: `AES256`, `aws:kms` or `aws:kms:dsse`.
   * @throws ArchiveError; `ACCESS_DENIED` for services, whose policies leave this to the deployment
   */
  async encryption({ signal }: ArchiveCallOptions = {}): Promise<{
    readonly algorithm: string | undefined;
    readonly kmsKeyArn: string | undefined;
  }> {
    return this.objects.encryption(signal);
  }

  /** Closes the connections, unless the client is the caller's own. */
  async close(): Promise<void> {
    await this.objects.close();
  }

  private async foundOrCreated(
    id: string,
    create: (id: string) => NewEmbedding | Promise<NewEmbedding>,
  ): Promise<ArchivedEmbedding> {
    return (await this.retrieve(id)) ?? this.created(id, create);
  }

  private async created(
    id: string,
    create: (id: string) => NewEmbedding | Promise<NewEmbedding>,
  ): Promise<ArchivedEmbedding> {
    const began = performance.now();
    const made = await create(id);
    this.log.info(
      {
        id,
        model: made.model,
        dimension: made.embedding.length,
        count: 1,
        seconds: (performance.now() - began) / 1000,
      },
      'embedding_generated',
    );
    const { key } = await this.store(id, made);
    return readArchivedEmbedding(writeArchivedEmbedding(id, made, false), key, this.prefix);
  }

  private checkId(id: string): void {
    refuse('embedding archive', idProblems(id, this.prefix));
  }

  private retrieveFailed(
    thrown: unknown,
    operation: string,
    about: { readonly id?: string; readonly aborted?: boolean },
  ): ArchiveError {
    const error = asArchiveError(thrown, {
      bucketName: this.bucketName,
      operation,
      aborted: about.aborted,
    });
    this.log.error(
      { bucketName: this.bucketName, id: about.id, key: error.key, code: error.code },
      'vector_retrieve_failed',
    );
    return error;
  }
}

function queryProblems(vector: ArrayLike<number>): string[] {
  if (vector.length === 0) return ['vector is empty.'];
  let zero = true;
  for (let at = 0; at < vector.length; at += 1) {
    const component: unknown = vector[at];
    if (!Number.isFinite(component)) return [`vector[${at}] is ${String(component)}, not a finite number.`];
    if (component !== 0) zero = false;
  }
  return zero ? ['vector is all zeros, which has no direction.'] : [];
}

/** @throws InvalidInputError */
function predicateOf(filter: QueryFilter | undefined): (metadata: Metadata) => boolean {
  if (filter === undefined) return () => true;
  const options = { nonFilterableKeys: [], mode: 'ENHANCED' } as const;
  const parsed = parseFilter(filterForQuery(filter, options), options);
  return parsed.filter === undefined ? () => true : compileFilter(parsed.filter);
}
