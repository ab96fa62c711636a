// The same work at two endpoints, in one run: our own server, and any other that serves S3 Vectors.
import { BenchIndex, type Endpoint } from './endpoints';
import { MadeVectors } from './made-vectors';
import { heading, megabytes, milliseconds, repeated, row, timed } from './timing';

export interface ComparisonOptions {
  readonly count: number;
  readonly dimension: number;
  /** Vectors a PutVectors request. */
  readonly batch: number;
  readonly rounds: number;
}

interface Measured {
  readonly vectorsPerSecond: number;
  /** Undefined where the endpoint answers no queries. */
  readonly queryMilliseconds: number | undefined;
  readonly residentBytes: number | undefined;
  readonly nearest: readonly string[];
}

export async function compare(own: Endpoint, other: Endpoint, options: ComparisonOptions): Promise<void> {
  heading(`${options.count} x ${options.dimension}, ${options.batch} a put: ours beside ${other.url}`);
  const theirs = await measure(other, options);
  const ours = await measure(own, options);
  row('', 'ours', 'other', 'ratio');
  row(
    'put, vectors/s',
    ours.vectorsPerSecond.toFixed(0),
    theirs.vectorsPerSecond.toFixed(0),
    (ours.vectorsPerSecond / theirs.vectorsPerSecond).toFixed(1),
  );
  row(
    'query top-10, p50',
    ...(ours.queryMilliseconds === undefined ? ['none'] : [milliseconds(ours.queryMilliseconds)]),
    ...(ours.queryMilliseconds === undefined || theirs.queryMilliseconds === undefined
      ? ['none']
      : [
          milliseconds(theirs.queryMilliseconds),
          (theirs.queryMilliseconds / ours.queryMilliseconds).toFixed(1),
        ]),
  );
  if (ours.residentBytes !== undefined) {
    const other_ = theirs.residentBytes;
    row(
      'memory of the process',
      megabytes(ours.residentBytes),
      other_ === undefined ? 'give --pid' : megabytes(other_),
      other_ === undefined ? '' : (other_ / ours.residentBytes).toFixed(1),
    );
  }
  const same = ours.nearest.filter((key, at) => theirs.nearest[at] === key).length;
  row('same neighbours', `${same} of ${ours.nearest.length}`);
}

async function measure(endpoint: Endpoint, options: ComparisonOptions): Promise<Measured> {
  const index = new BenchIndex(endpoint.url);
  const made = new MadeVectors(options.dimension);
  await index.create(options.dimension);
  try {
    let putting = 0;
    for (let from = 0; from < options.count; from += options.batch) {
      const length = Math.min(options.batch, options.count - from);
      const vectors = Array.from({ length }, () => made.nextShort());
      putting += await timed(() => index.put(from, vectors));
    }
    const query = made.nextShort();
    const filled = { vectorsPerSecond: (1000 * options.count) / putting };
    const answer = await index.query(query, 10).catch((error: unknown) => {
      // Some emulators have no searches; what they do have is compared all the same.
      console.log(
        `${endpoint.url} answered no query: ${error instanceof Error ? error.message : String(error)}`,
      );
      return undefined;
    });
    const queried = answer && (await repeated(1, options.rounds, () => index.query(query, 10)));
    return {
      ...filled,
      queryMilliseconds: queried?.times.p50,
      residentBytes: (await endpoint.usage())?.residentBytes,
      nearest: (answer?.vectors ?? []).map(({ key }) => key ?? ''),
    };
  } finally {
    await index.remove();
    index.close();
  }
}
