// A migration's source: an embedding bucket of the older layout. S3 lists keys in order, so the id is the cursor.
import { ArchiveError } from '../embedding-archive/archive-error';
import { archiveKey } from '../embedding-archive/archive-key';
import type { ArchivedEmbedding } from '../embedding-archive/archived-embedding';
import type { EmbeddingArchive } from '../embedding-archive/embedding-archive';
import type { SourceRecord } from '../records/source-record';
import { ItemError } from './item-error';
import type { MigrationSource, SourceItem } from './migration-source';

/** Failures that every further object would meet too. */
const EVERY_OBJECT_FAILS: ReadonlySet<string> = new Set([
  'ABORTED',
  'BUCKET_NOT_FOUND',
  'WRONG_REGION',
  'NO_CREDENTIALS',
  'NO_REGION',
  'ENDPOINT_UNREACHABLE',
]);

export function archiveSource(archive: EmbeddingArchive): MigrationSource {
  const { bucketName, prefix: root } = archive;
  const nameOf = (key: string) => `s3://${bucketName}/${key}`;
  const item = (
    id: string,
    key: string,
    bytes: number,
    fetch: (signal: AbortSignal | undefined) => Promise<ArchivedEmbedding | undefined>,
  ): SourceItem => ({
    cursor: id,
    name: nameOf(key),
    key: id,
    bytes,
    read: async (signal) => {
      let found: ArchivedEmbedding | undefined;
      try {
        found = await fetch(signal);
      } catch (thrown) {
        if (!(thrown instanceof ArchiveError) || EVERY_OBJECT_FAILS.has(thrown.code)) throw thrown;
        if (thrown.code === 'UNREADABLE_OBJECT') {
          throw new ItemError('UNREADABLE', thrown.reason ?? thrown.message, { cause: thrown });
        }
        throw new ItemError(thrown.code, thrown.message, { cause: thrown });
      }
      if (found === undefined) throw new ItemError('VANISHED', 'it is no longer there.');
      return recordOfArchived(found);
    },
  });
  return {
    name: nameOf(root),
    identity: () => Promise.resolve({ source: nameOf(root) }),
    problems: () => [],
    async *items(options) {
      const onOther = (key: string) => options.onOther?.(nameOf(key));
      for await (const { id, key, size } of archive.list({ ...options, onOther })) {
        yield item(id, key, size, (signal) => archive.read(key, { signal }));
      }
    },
    // eslint-disable-next-line @typescript-eslint/require-await -- an async iterable, as that of other sources
    async *only(wanted) {
      for (const id of wanted.keys()) {
        yield item(id, archiveKey(root, id, false), 0, (signal) => archive.retrieve(id, { signal }));
      }
    },
  };
}

/** An archived embedding as a record; what has no place in one is named. */
export function recordOfArchived(found: ArchivedEmbedding): SourceRecord {
  const { id, embedding, text, metadata, model, statedId, unknownFields } = found;
  return {
    key: id,
    vector: embedding,
    text,
    metadata,
    model,
    leftOut: [...unknownFields, ...(statedId === undefined ? [] : ['id (other than the key)'])],
  };
}
