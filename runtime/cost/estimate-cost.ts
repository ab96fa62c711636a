// The whole estimate: a pure function from what is stored, put, asked and embedded to rows and totals.
import { refuse } from '../../contract/invalid-input';
import { archiveCost, archiveUsageProblems } from './archive-cost';
import type { ArchiveUsage } from './archive-cost';
import type { CostEstimate, CostPart, Gigabyte } from './cost-estimate';
import { embeddingCost, embeddingUsageProblems } from './embedding-cost';
import type { EmbeddingUsage } from './embedding-cost';
import { PRICE_SOURCES, priceListOf } from './price-list';
import { s3VectorsCost, s3VectorsUsageProblems } from './s3-vectors-cost';
import type { S3VectorsUsage } from './s3-vectors-cost';

export interface CostInput {
  /** Default us-east-1. */
  readonly region?: string | undefined;
  /** The Region whose prices to take where `region` has no list; without it such a Region is refused. */
  readonly pricesOf?: string | undefined;
  /** Default `binary`, as AWS bills (2^30 bytes). */
  readonly gigabyte?: Gigabyte | undefined;
  readonly s3Vectors?: S3VectorsUsage | undefined;
  readonly embeddings?: EmbeddingUsage | readonly EmbeddingUsage[] | undefined;
  /** The older layout. */
  readonly archive?: ArchiveUsage | undefined;
}

/**
 * @throws InvalidInputError for a Region without prices, a model without one, and amounts that are none; all at once
 */
export function estimateCost(input: CostInput): CostEstimate {
  const { region = 'us-east-1', gigabyte = 'binary', s3Vectors, archive } = input;
  const embeddings = input.embeddings === undefined ? [] : [input.embeddings].flat();
  const { list, assumed } = priceListOf(region, input.pricesOf);
  refuse('cost estimate', [
    ...(s3Vectors === undefined && archive === undefined && embeddings.length === 0
      ? ['there is nothing to estimate: give s3Vectors, embeddings or archive.']
      : []),
    ...(s3Vectors === undefined ? [] : s3VectorsUsageProblems(s3Vectors)),
    ...embeddings.flatMap(embeddingUsageProblems),
    ...(archive === undefined ? [] : archiveUsageProblems(archive)),
  ]);
  const parts: CostPart[] = [
    ...(s3Vectors === undefined ? [] : [s3VectorsCost(s3Vectors, list, gigabyte)]),
    ...embeddings.map(embeddingCost),
    ...(archive === undefined ? [] : [archiveCost(archive, list, gigabyte)]),
  ];
  const rows = parts.flatMap((part) => part.rows);
  const sources = new Set(parts.flatMap(({ prices }) => prices.map(({ source }) => source)));
  const total = (period: 'month' | 'once') =>
    rows.filter((each) => each.period === period).reduce((sum, { usd }) => sum + usd, 0);
  return {
    region,
    priceList: list.name,
    rows,
    monthlyUsd: total('month'),
    onceUsd: total('once'),
    notes: [
      ...(assumed
        ? [
            `There is no price list for ${region}: these are the prices of ${input.pricesOf ?? ''}; other Regions are often dearer.`,
          ]
        : []),
      ...(gigabyte === 'decimal'
        ? ['Gigabytes are counted as 1,000,000,000 bytes; AWS bills 1,073,741,824, which is 7 % less.']
        : []),
      ...parts.flatMap(({ notes }) => notes),
      ...[...sources].map((source) => {
        const { date, text } = PRICE_SOURCES[source];
        return `Prices of ${date}: ${text}.`;
      }),
    ],
  };
}
