// Documents in an embedding archive: text and metadata lie whole beside the vector, and a search reads every object.
import type { Metadata } from '../../contract/vectors/metadata';
import { metadataProblems } from '../../contract/vectors/metadata';
import { inParallel } from '../concurrency/in-parallel';
import { Slots } from '../concurrency/slots';
import { asArchiveError } from '../embedding-archive/archive-error';
import type { ArchiveErrorCode, ArchiveError } from '../embedding-archive/archive-error';
import { idProblems } from '../embedding-archive/archive-key';
import type { EmbeddingArchive } from '../embedding-archive/embedding-archive';
import type { Log } from '../logging/log';
import { messageOf } from '../runtime-error';
import type { Document } from './document';
import type { DocumentRecord, DocumentStore, WriteFailure, WriteReport } from './document-store';
import { WriteEnded } from './document-store';

/** Objects read or written at once. */
const CONCURRENCY = 16;
const MAX_LOGGED_KEYS = 10;

/** Failures that every further object would meet too. */
const EVERY_OBJECT_FAILS: ReadonlySet<ArchiveErrorCode> = new Set<ArchiveErrorCode>([
  'ACCESS_DENIED',
  'BUCKET_NOT_FOUND',
  'WRONG_REGION',
  'NO_CREDENTIALS',
  'NO_REGION',
  'ENDPOINT_UNREACHABLE',
  'ABORTED',
]);

export function documentsInArchive(archive: EmbeddingArchive, log: Log): DocumentStore {
  const address = { bucketName: archive.bucketName, prefix: archive.prefix };

  return {
    address,

    admission: () =>
      Promise.resolve(({ id, metadata = {} }: Document) => ({
        metadata,
        textTruncated: false,
        // What an index would refuse later is refused now, so that an archive can always be moved to one.
        problems: [
          ...metadataProblems(metadata, Object.keys(metadata)),
          ...idProblems(id, archive.prefix).map((problem) => ({
            path: 'id',
            message: problem.replace(/^id /, '').replace(/\.$/, ''),
          })),
        ],
      })),

    write: (records, { modelId }, { signal }) => writeAll(archive, records, modelId, signal),

    search: async (vector, embedder, options) => {
      const { matches, failedCount, failed } = await archive.search(vector, {
        ...options,
        model: embedder.modelId,
      });
      if (failedCount > 0) {
        log.warn(
          { ...address, failed: failedCount, objects: failed.slice(0, MAX_LOGGED_KEYS) },
          'vector_retrieve_failed',
        );
      }
      return matches.map(({ id, similarity, distance, text, metadata }) => ({
        id,
        similarity,
        distance,
        text,
        textTruncated: false,
        metadata: (metadata ?? {}) as Metadata,
      }));
    },

    get: async (ids, _, options) => {
      const distinct = [...new Set(ids)];
      const found = new Map(
        await inParallel(
          distinct,
          CONCURRENCY,
          async (id) => [id, await archive.retrieve(id, options)] as const,
        ),
      );
      return {
        documents: ids.flatMap((id) => {
          const read = found.get(id);
          return read === undefined
            ? []
            : [{ id, text: read.text, textTruncated: false, metadata: (read.metadata ?? {}) as Metadata }];
        }),
        missing: distinct.filter((id) => found.get(id) === undefined),
      };
    },
  };
}

/** @throws WriteEnded when the source fails, the signal aborts, or every further object would fail the same way */
async function writeAll(
  archive: EmbeddingArchive,
  records: AsyncIterable<DocumentRecord>,
  model: string,
  signal: AbortSignal | undefined,
): Promise<WriteReport> {
  const slots = new Slots(CONCURRENCY);
  const running = new Set<Promise<void>>();
  const failed: WriteFailure[] = [];
  let read = 0;
  let hopeless: ArchiveError | undefined;
  let sourceFailure: { readonly thrown: unknown } | undefined;

  const write = async ({ key, data, text, metadata }: DocumentRecord, position: number) => {
    try {
      await archive.store(key, { embedding: data, text, metadata, model }, { signal });
    } catch (thrown) {
      const error = asArchiveError(thrown, { bucketName: archive.bucketName, operation: 'PutObject', key });
      // No answer came: it may be there all the same.
      const uncertain = ['ABORTED', 'SERVICE_UNAVAILABLE', 'UNEXPECTED_ANSWER'].includes(error.code);
      failed.push({
        key,
        position,
        code: error.code,
        reason: error.message,
        ...(uncertain ? { uncertain } : {}),
      });
      if (EVERY_OBJECT_FAILS.has(error.code)) hopeless ??= error;
    }
  };

  try {
    for await (const record of records) {
      const release = await slots.take();
      const position = read;
      read += 1;
      const work = write(record, position).finally(() => {
        release();
        running.delete(work);
      });
      running.add(work);

      if (hopeless !== undefined) break;
    }
  } catch (thrown) {
    sourceFailure = { thrown };
  }
  await Promise.all(running);
  const report = { read, failed: failed.sort((a, b) => a.position - b.position) };
  if (sourceFailure !== undefined) {
    const { thrown } = sourceFailure;
    throw new WriteEnded('SOURCE_FAILED', messageOf(thrown), report, { cause: thrown });
  }
  if (hopeless !== undefined) {
    throw new WriteEnded(hopeless.code, hopeless.message, report, { cause: hopeless });
  }
  return report;
}
