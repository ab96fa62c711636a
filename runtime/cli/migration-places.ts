// Where `s3-vectors migrate` reads from and keeps its checkpoint: buckets, folders and files by the way they are written.
import { stat } from 'node:fs/promises';
import type { CheckpointStore } from '../migration/checkpoint';
import { sameFileProblems } from '../records/distinct-files';
import type { NamedFile } from '../records/distinct-files';
import type { MigrationSource } from '../migration/migration-source';
import { messageOf } from '../runtime-error';
import { CommandFailure, EXIT } from './exit-codes';
import { storageOutputsOf } from './target';
import type { LookUp, Target, TargetOptions } from './target';

/** The options that name what a migration reads and writes beside the index. */
export interface PlaceOptions {
  readonly from?: string;
  readonly checkpoint?: string;
  readonly failed?: string;
  readonly retryFailed?: string;
}

/** Where what is not stored is written: beside a checkpoint file, unless it is named. */
export function failuresPath({ failed, checkpoint }: PlaceOptions): string | undefined {
  if (failed !== undefined || checkpoint === undefined || s3Place(checkpoint) !== undefined) return failed;
  return `${checkpoint}.failed.jsonl`;
}

/**
 * Two names of one file would let a migration write over what it reads.
 * @throws CommandFailure naming the options
 */
export function expectDistinct(options: PlaceOptions): void {
  const { from } = options;
  const local =
    from === undefined || s3Place(from) !== undefined ? [] : [{ as: `--from ${from}`, path: from }];
  const problems = sameFileProblems([...local, ...ownFiles(options)]);
  if (problems.length > 0) throw new CommandFailure(problems.join('\n'), EXIT.usage);
}

/**
 * A checkpoint in S3 has no file of failures beside it, and --verify must know those of earlier runs too.
 * @throws CommandFailure
 */
export function expectFailuresKnown(options: PlaceOptions & { readonly verify?: boolean }): void {
  const { checkpoint, verify } = options;
  if (checkpoint === undefined || verify !== true || failuresPath(options) !== undefined) return;
  throw new CommandFailure(
    `--verify must know which records failed, also in earlier runs: give --failed <file> with --checkpoint ${checkpoint}.`,
    EXIT.usage,
  );
}

/** The files of the migration itself, which are no records of a folder that they lie in. */
function ownFiles(options: PlaceOptions): NamedFile[] {
  const { checkpoint, retryFailed } = options;
  const failures = failuresPath(options);
  return [
    ...(retryFailed === undefined ? [] : [{ as: `--retry-failed ${retryFailed}`, path: retryFailed }]),
    ...(checkpoint === undefined || s3Place(checkpoint) !== undefined
      ? []
      : [
          { as: `--checkpoint ${checkpoint}`, path: checkpoint },
          {
            as: `${checkpoint}.unfinished, as which --checkpoint is written,`,
            path: `${checkpoint}.unfinished`,
          },
        ]),
    ...(failures === undefined
      ? []
      : [
          {
            as: options.failed === undefined ? `the file of failures ${failures}` : `--failed ${failures}`,
            path: failures,
          },
        ]),
  ];
}

/** @throws CommandFailure for a place that is none, or where nobody says it and it cannot be guessed */
export async function sourceOf(
  options: TargetOptions & PlaceOptions,
  target: Target,
  { signal, stdin, env }: LookUp = {},
): Promise<MigrationSource> {
  const { from } = options;
  if (from === undefined) {
    if (options.outputs === '-') {
      throw new CommandFailure(
        'Standard input has told the index already; say where from with --from, or give --outputs a file.',
        EXIT.usage,
      );
    }
    const { embeddingBuckets } = await storageOutputsOf(options, { signal, stdin, env });
    const buckets = Object.entries(embeddingBuckets);
    const [only] = buckets;
    if (only !== undefined && buckets.length === 1) return archiveAt(only[1].name, undefined, target);
    throw new CommandFailure(
      buckets.length === 0
        ? 'The stack has no bucket of the older layout; say where from: --from s3://bucket, a folder or a file.'
        : `The stack has ${buckets.length} buckets of the older layout; say which: ${buckets.map(([, { name }]) => `--from s3://${name}`).join(' or ')}.`,
      EXIT.usage,
    );
  }
  const place = s3Place(from);
  if (place !== undefined) return archiveAt(place.bucket, place.rest === '' ? undefined : place.rest, target);
  let kind: 'file' | 'folder' | undefined;
  try {
    const found = await stat(from);
    kind = found.isDirectory() ? 'folder' : found.isFile() ? 'file' : undefined;
  } catch (error) {
    throw new CommandFailure(`--from ${from} cannot be read (${messageOf(error)}).`, EXIT.usage);
  }
  if (kind === 'folder')
    return (await import('../migration/folder-source.js')).folderSource(
      from,
      ownFiles(options).map((file) => file.path),
    );
  if (kind === 'file') return (await import('../migration/jsonl-source.js')).jsonlSource(from);
  throw new CommandFailure(
    `--from ${from} is neither a folder nor a file. A migration reads its source more than once: put a pipe into a file first.`,
    EXIT.usage,
  );
}

async function archiveAt(
  bucketName: string,
  prefix: string | undefined,
  target: Target,
): Promise<MigrationSource> {
  const { EmbeddingArchive } = await import('../embedding-archive/embedding-archive.js');
  const { archiveSource } = await import('../migration/archive-source.js');
  const { region } = target;
  return archiveSource(
    new EmbeddingArchive({
      bucketName,
      region,
      ...(prefix === undefined ? {} : { prefix: prefix.endsWith('/') ? prefix : `${prefix}/` }),
    }),
  );
}

/** @throws CommandFailure for an S3 place without a key */
export async function checkpointOf(
  place: string | undefined,
  { region }: Target,
): Promise<CheckpointStore | undefined> {
  if (place === undefined) return undefined;
  const { checkpointFile, checkpointObject } = await import('../migration/checkpoint-file.js');
  const object = s3Place(place);
  if (object === undefined) return checkpointFile(place);
  if (object.rest === '' || object.rest.endsWith('/')) {
    throw new CommandFailure(`--checkpoint ${place} names no object: s3://bucket/key.`, EXIT.usage);
  }
  return checkpointObject(object.bucket, object.rest, { region });
}

/** Bucket and rest of `s3://bucket/rest`; undefined for anything else. */
export function s3Place(text: string): { readonly bucket: string; readonly rest: string } | undefined {
  const found = /^s3:\/\/([^/]+)\/?(.*)$/.exec(text);
  return found === null ? undefined : { bucket: found[1] ?? '', rest: found[2] ?? '' };
}
