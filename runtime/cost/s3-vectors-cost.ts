// What S3 Vectors bills: logical bytes that lie in it, bytes that are put (128 KB a request at least), queries with the
// bytes that they process and return, and all other requests.
import { MAX_DIMENSION, MAX_METADATA_BYTES, MAX_TOP_K, MAX_VECTORS_PER_PUT } from '../../contract/limits';
import { bytesPerGb, bytesPerTb, row } from './cost-estimate';
import type { CostPart, CostRow, Gigabyte } from './cost-estimate';
import type { PriceList } from './price-list';
import { amount } from './usage-problems';

export interface S3VectorsUsage {
  readonly vectors: number;
  readonly dimension: number;
  /** UTF-8 bytes of a key, default 36 (a UUID). */
  readonly keyBytes?: number | undefined;
  /** Metadata bytes of a vector as the service counts them, default 0. */
  readonly filterableMetadataBytes?: number | undefined;
  readonly nonFilterableMetadataBytes?: number | undefined;
  /** Indexes over which the vectors are spread evenly; a query asks one. Default 1. */
  readonly indexes?: number | undefined;
  /** Whether the vectors have to be put first, once. Default true. */
  readonly initialLoad?: boolean | undefined;
  /** Vectors in one PutVectors, 1–500, default 500. */
  readonly vectorsPerPut?: number | undefined;
  /** Vectors put again or anew every month, default 0. */
  readonly putsPerMonth?: number | undefined;
  readonly queriesPerMonth?: number | undefined;
  /** Results of a query, 1–10,000, default 10. */
  readonly topK?: number | undefined;
  /** Whether queries return metadata, default true. */
  readonly returnMetadata?: boolean | undefined;
  /** GetVectors, ListVectors and other requests a month, default 0. */
  readonly requestsPerMonth?: number | undefined;
}

const SERVICE = 'S3 Vectors';
const BYTES_PER_COMPONENT = 4;

/** Everything that is wrong with a usage, as sentences. */
export function s3VectorsUsageProblems(usage: S3VectorsUsage): string[] {
  return [
    ...amount('s3Vectors.vectors', usage.vectors, { whole: true }),
    ...amount('s3Vectors.dimension', usage.dimension, { whole: true, min: 1, max: MAX_DIMENSION }),
    ...amount('s3Vectors.keyBytes', usage.keyBytes ?? 36, { min: 1, max: 1_024 }),
    ...amount('s3Vectors.filterableMetadataBytes', usage.filterableMetadataBytes ?? 0, { max: 2_048 }),
    ...amount('s3Vectors.nonFilterableMetadataBytes', usage.nonFilterableMetadataBytes ?? 0, {
      max: MAX_METADATA_BYTES,
    }),
    ...amount('s3Vectors.indexes', usage.indexes ?? 1, { whole: true, min: 1 }),
    ...amount('s3Vectors.vectorsPerPut', usage.vectorsPerPut ?? MAX_VECTORS_PER_PUT, {
      whole: true,
      min: 1,
      max: MAX_VECTORS_PER_PUT,
    }),
    ...amount('s3Vectors.putsPerMonth', usage.putsPerMonth ?? 0),
    ...amount('s3Vectors.queriesPerMonth', usage.queriesPerMonth ?? 0),
    ...amount('s3Vectors.topK', usage.topK ?? 10, { whole: true, min: 1, max: MAX_TOP_K }),
    ...amount('s3Vectors.requestsPerMonth', usage.requestsPerMonth ?? 0),
  ];
}

/** Bytes that PutVectors requests are billed for. */
export function billedPutBytes(
  vectors: number,
  bytesPerVector: number,
  vectorsPerPut: number,
  minimumBytes: number,
): number {
  const full = Math.floor(vectors / vectorsPerPut);
  const rest = vectors - full * vectorsPerPut;
  return (
    full * Math.max(minimumBytes, vectorsPerPut * bytesPerVector) +
    (rest === 0 ? 0 : Math.max(minimumBytes, rest * bytesPerVector))
  );
}

export function s3VectorsCost(usage: S3VectorsUsage, list: PriceList, gigabyte: Gigabyte): CostPart {
  const prices = list.s3Vectors;
  const {
    vectors,
    dimension,
    keyBytes = 36,
    filterableMetadataBytes = 0,
    nonFilterableMetadataBytes = 0,
    indexes = 1,
    initialLoad = true,
    vectorsPerPut = MAX_VECTORS_PER_PUT,
    putsPerMonth = 0,
    queriesPerMonth = 0,
    topK = 10,
    returnMetadata = true,
    requestsPerMonth = 0,
  } = usage;
  const gb = bytesPerGb(gigabyte);
  const searchedBytes = dimension * BYTES_PER_COMPONENT + keyBytes + filterableMetadataBytes;
  const vectorBytes = searchedBytes + nonFilterableMetadataBytes;
  const rows: CostRow[] = [];
  const notes: string[] = [];
  const put = (item: string, period: CostRow['period'], count: number) => {
    const billed = billedPutBytes(count, vectorBytes, vectorsPerPut, prices.minimumPutBytes);
    rows.push(row(SERVICE, item, period, billed / gb, 'GB', prices.put.usd));
    const logical = count * vectorBytes;
    if (billed > logical * 1.05) {
      const enough = Math.ceil(prices.minimumPutBytes / vectorBytes);
      const together = Math.min(vectorsPerPut, Math.ceil(count));
      notes.push(
        `${item}: requests of ${together} vector${together === 1 ? '' : 's'} are billed as ${(billed / logical).toFixed(1)} times their size, ` +
          `because a PutVectors costs at least 128 KB` +
          (enough <= MAX_VECTORS_PER_PUT ? `; ${enough} vectors in a request make that up.` : '.'),
      );
    }
  };

  rows.push(row(SERVICE, 'storage', 'month', (vectors * vectorBytes) / gb, 'GB', prices.storage.usd));
  if (initialLoad && vectors > 0) put('first load (PutVectors)', 'once', vectors);
  if (putsPerMonth > 0) put('vectors put (PutVectors)', 'month', putsPerMonth);
  if (queriesPerMonth > 0) {
    rows.push(row(SERVICE, 'queries', 'month', queriesPerMonth / 1e6, 'million', prices.query.usd));
    const searched = vectors / indexes;
    let from = 0;
    for (const { upTo, price } of prices.processed) {
      const inTier = Math.max(0, Math.min(searched, upTo) - from);
      if (inTier === 0) break;
      const item = `data processed, ${upTo === Infinity ? `vectors beyond ${from.toLocaleString('en-US')}` : `vectors up to ${upTo.toLocaleString('en-US')}`}`;
      const terabytes = (inTier * searchedBytes * queriesPerMonth) / bytesPerTb(gigabyte);
      rows.push(row(SERVICE, item, 'month', terabytes, 'TB', price.usd));
      from = upTo;
    }
    const results = Math.min(topK, searched);
    const resultBytes = Math.max(
      prices.minimumResultBytes,
      keyBytes + (returnMetadata ? filterableMetadataBytes + nonFilterableMetadataBytes : 0),
    );
    const beyond = Math.max(0, results * resultBytes - prices.freeReturnedBytes);
    if (beyond > 0) {
      rows.push(
        row(SERVICE, 'data returned', 'month', (beyond * queriesPerMonth) / gb, 'GB', prices.returned.usd),
      );
    }
    if (topK > 100) {
      notes.push(
        'queries: one of several pages is counted once; whether further pages are billed is not published.',
      );
    }
  }
  if (requestsPerMonth > 0) {
    rows.push(
      row(SERVICE, 'other requests', 'month', requestsPerMonth / 1_000, 'thousand', prices.request.usd),
    );
  }
  return {
    rows,
    notes,
    prices: [
      prices.storage,
      prices.put,
      prices.query,
      ...prices.processed.map(({ price }) => price),
      prices.returned,
      prices.request,
    ],
  };
}
