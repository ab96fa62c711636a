// Whether an embedding bucket can be used as it is meant to be: there, listable, readable and, where the caller asks
// for the probe, writable.
import { randomUUID } from 'node:crypto';
import type { EmbeddingArchive } from '../embedding-archive/embedding-archive';
import { checkEncryption, PROBE_PREFIX } from './check-vector-store';
import type { ExpectedEncryption } from './check-vector-store';
import { causeOf, Findings } from './health-report';
import type { Finding } from './health-report';

export interface ArchiveExpectations {
  /** Numbers of an embedding, where they shall be searched or moved together. */
  readonly dimension?: number | undefined;
  readonly encryption?: ExpectedEncryption | undefined;
  readonly region?: string | undefined;
  /** Writes one object of a reserved id, reads it and deletes it. Default false: nothing is written. */
  readonly probeWrites?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export async function checkArchive(
  archive: EmbeddingArchive,
  expected: ArchiveExpectations = {},
): Promise<readonly Finding[]> {
  const { signal } = expected;
  const options = { signal };
  const findings = new Findings(`embedding bucket "${archive.bucketName}"`);
  try {
    const { region } = await archive.describe(options);
    findings.ok('reachable', `It answers${region === undefined ? '' : ` from ${region}`}.`);
    if (region !== undefined && expected.region !== undefined && region !== expected.region) {
      findings.add(
        'region',
        'warning',
        `It lies in ${region}, not in ${expected.region}: traffic between Regions is slow and paid for.`,
        {
          cause: 'misfit',
          fix: 'Run the service in the bucket’s Region.',
        },
      );
    }
  } catch (thrown) {
    signal?.throwIfAborted();
    const cause = findings.failed('reachable', thrown);
    if (cause !== 'not-allowed') return findings.list;
  }
  await checkGet(findings, archive, signal);
  await checkList(findings, archive, expected);
  try {
    const { algorithm, kmsKeyArn } = await archive.encryption(options);
    checkEncryption(findings, expected.encryption, algorithm ?? 'AES256', kmsKeyArn);
  } catch (thrown) {
    signal?.throwIfAborted();
    if (causeOf(thrown) === 'not-allowed') {
      findings.add(
        'encryption',
        'info',
        'This process may not see how the bucket is encrypted (s3:GetEncryptionConfiguration), as it should be for a service.',
        { cause: 'not-allowed' },
      );
    } else findings.failed('encryption', thrown);
  }
  if (expected.probeWrites === true) await probeWrites(findings, archive, signal);
  return findings.list;
}

async function checkGet(
  findings: Findings,
  archive: EmbeddingArchive,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await archive.retrieve(`${PROBE_PREFIX}${randomUUID()}`, { signal });
    findings.ok('get', 'A missing embedding is told as missing (s3:GetObject, s3:ListBucket).');
  } catch (thrown) {
    signal?.throwIfAborted();
    findings.failed('get', thrown);
  }
}

async function checkList(
  findings: Findings,
  archive: EmbeddingArchive,
  { dimension, signal }: ArchiveExpectations,
): Promise<void> {
  try {
    for await (const { id, key } of archive.list({ signal })) {
      findings.ok('list', 'Embeddings can be listed (s3:ListBucket).');
      const sample = await archive.retrieve(id, { signal });
      if (sample === undefined) return;
      if (dimension !== undefined && sample.embedding.length !== dimension) {
        findings.add(
          'sample',
          'warning',
          `"${key}" has ${sample.embedding.length} numbers and ${dimension} are expected: vectors of another model or dimension cannot be compared.`,
          {
            cause: 'misfit',
            fix: 'Embed the texts again with one model; a migration does that from the text.',
          },
        );
      } else findings.ok('sample', `An embedding was read: ${sample.embedding.length} numbers.`);
      return;
    }
    findings.ok('list', 'Embeddings can be listed (s3:ListBucket); there is none.');
  } catch (thrown) {
    signal?.throwIfAborted();
    const cause = causeOf(thrown);
    findings.failed(
      cause === 'misfit' ? 'sample' : 'list',
      thrown,
      cause === 'misfit' ? 'Repair or delete the object; a migration names all such objects.' : undefined,
    );
  }
}

async function probeWrites(
  findings: Findings,
  archive: EmbeddingArchive,
  signal: AbortSignal | undefined,
): Promise<void> {
  const id = `${PROBE_PREFIX}${randomUUID()}`;
  try {
    await archive.store(id, { embedding: [1] }, { signal });
    const read = await archive.retrieve(id, { signal });
    if (read?.embedding[0] === 1) findings.ok('write', 'Embeddings can be written and are there at once.');
    else
      findings.add('write', 'error', 'An embedding that was written could not be read back.', {
        cause: 'other',
      });
  } catch (thrown) {
    findings.failed('write', thrown);
    // Refused: there is nothing to take back.
    if (causeOf(thrown) !== 'not-reachable' && signal?.aborted !== true) return;
  }
  try {
    // Whatever the caller's signal says by now: nothing of the probe may stay.
    await archive.delete(id);
    findings.ok(
      'delete',
      'Embeddings can be deleted (in a versioned bucket the probe’s old version stays until the lifecycle ends it).',
    );
  } catch (thrown) {
    findings.failed('delete', thrown, `Delete the embedding "${id}", which the probe has left behind.`);
  }
}
