// Searching alone, without HTTP: against the time that all cores need to read the same bytes, and against plain
// TypeScript.
import type { Filter } from '../../../contract/vectors/filter';
import type { IndexShape } from '../../../contract/index-shape';
import { SearchEngine } from '../../../local/s3vectors/search/search-engine';
import { openDatabase } from '../../../local/s3vectors/storage/database';
import { VectorIndex } from '../../../local/s3vectors/storage/vector-index';
import { MadeVectors, metadataAt } from './made-vectors';
import { dot, plainScan, type PlainVectors } from './plain-scan';
import { ReadBandwidth } from './read-bandwidth';
import {
  gigabytesPerSecond,
  heading,
  megabytes,
  milliseconds,
  repeated,
  row,
  timed,
  timesOf,
} from './timing';

const BATCH = 500;

export async function benchSearch(
  directory: string,
  count: number,
  dimension: number,
  rounds: number,
): Promise<void> {
  const shape: IndexShape = {
    dimension,
    distanceMetric: 'cosine',
    dataType: 'float32',
    nonFilterableMetadataKeys: [],
  };
  const bytes = count * dimension * Float32Array.BYTES_PER_ELEMENT;
  heading(`Search: ${count} x ${dimension}, cosine, ${megabytes(bytes)}`);
  const database = openDatabase(directory);
  const engine = new SearchEngine();
  const index = await VectorIndex.open(directory, database, 1, shape, engine);
  const made = new MadeVectors(dimension);
  const rssBefore = process.memoryUsage().rss;
  const filling = await timed(async () => {
    for (let from = 0; from < count; from += BATCH) {
      await index.put(
        Array.from({ length: Math.min(BATCH, count - from) }, (_, at) => ({
          key: `document-${from + at}`,
          data: made.next(),
          metadata: metadataAt(from + at),
        })),
      );
    }
  });
  row('filled, batches of 500, on disk', milliseconds(filling), `${((1000 * count) / filling).toFixed(0)}/s`);
  const query = made.next();
  await index.search(query, 10);
  const rss = process.memoryUsage().rss - rssBefore;
  row('memory more than before', megabytes(rss), `${(rss / bytes).toFixed(2)} x vectors`);

  const reading = await ReadBandwidth.of(bytes);
  const reads: number[] = [];
  const top10: number[] = [];
  const top100: number[] = [];
  // In turns, so that whatever else the machine does meets all alike.
  for (let round = 0; round < rounds; round += 1) {
    reads.push(await reading.milliseconds());
    top10.push(await timed(() => index.search(query, 10)));
    top100.push(await timed(() => index.search(query, 100)));
  }
  const read = timesOf(reads);
  row('', 'median', 'least', 'p99');
  const line = (what: string, times: readonly number[]): void => {
    const { p50, least, p99 } = timesOf(times);
    row(what, milliseconds(p50), milliseconds(least), milliseconds(p99));
  };
  line('all cores read the same bytes', reads);
  line('query top-10', top10);
  line('query top-100', top100);
  row('reading', gigabytesPerSecond(bytes, read.p50), gigabytesPerSecond(bytes, read.least));
  const share = (times: readonly number[]): string[] => {
    const { p50, least } = timesOf(times);
    return [(read.p50 / p50).toFixed(2), (read.least / least).toFixed(2)];
  };
  row('share of that bandwidth, top-10', ...share(top10));
  row('share of that bandwidth, top-100', ...share(top100));
  await reading.close();

  await benchPlain(index, shape, query, Math.min(count, 20_000), count, timesOf(top10).p50);

  heading('Callers at once, top-10');
  row('', 'p50', 'p99', 'queries/s');
  for (const callers of [1, 8]) {
    const { times, perSecond } = await repeated(callers, 3 * rounds, () => index.search(made.next(), 10));
    row(`${callers} caller(s)`, milliseconds(times.p50), milliseconds(times.p99), perSecond.toFixed(1));
  }

  heading('Filters, top-10: the cost falls with the share that passes');
  const unfiltered = timesOf(top10).p50;
  row('', 'p50', 'of unfiltered');
  for (const parts of [1_000, 100, 10, 1]) {
    const filter: Filter = { kind: 'range', operator: '$lt', key: 'part', value: parts };
    const took: number[] = [];
    for (let round = 0; round < rounds; round += 1)
      took.push(await timed(() => index.search(query, 10, { filter })));
    const { p50 } = timesOf(took);
    row(`${parts / 10} % pass`, milliseconds(p50), (p50 / unfiltered).toFixed(3));
  }
  await index.close();
  await engine.close();
  await database.close();
}

/** The plain loop over a part of the vectors: it is even in their number, and a copy of all may not fit. */
async function benchPlain(
  index: VectorIndex,
  { dimension }: IndexShape,
  query: Float32Array,
  part: number,
  count: number,
  searchTook: number,
): Promise<void> {
  const plain: PlainVectors = {
    components: new Float32Array(part * dimension),
    norms: new Float64Array(part),
    dimension,
  };
  for (let at = 0; at < part; at += 1) {
    const data = index.get(`document-${at}`, { data: true, metadata: false })?.data;
    if (data === undefined) throw new Error(`document-${at} is missing`);
    plain.components.set(data, at * dimension);
    plain.norms[at] = Math.sqrt(dot(data, 0, data));
  }
  plainScan(plain, 'cosine', query, 10);
  const took: number[] = [];
  for (let round = 0; round < 3; round += 1)
    took.push(await timed(() => plainScan(plain, 'cosine', query, 10)));
  const whole = (timesOf(took).p50 * count) / part;
  row('plain TypeScript loop, one core', milliseconds(whole), `${(whole / searchTook).toFixed(1)} x`);
}
