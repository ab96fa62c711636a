// Prices as data, each with the day it was read and where. Nothing here asks anybody: an estimate says which list it used.
import { InvalidInputError } from '../../contract/invalid-input';

/** A price in US dollars. */
export interface Price {
  readonly usd: number;
  /** What it is paid for, as a person reads it: `GB-month`, `1,000 requests`. */
  readonly per: string;
  readonly source: keyof typeof PRICE_SOURCES;
}

export const PRICE_SOURCES = {
  feed: {
    date: '2026-09-28',
    text: 'AWS price feed, as quoted in Extraordinarytechy/s3vectors-prefilter-bench',
  },
  guide: { date: '2026-11-20', text: 'the guides of the older layout that this project replaces' },
  thirdParty: { date: '2026-11-20', text: 'a third party’s table; check it before you rely on it' },
  unverified: {
    date: '2026-11-20',
    text: 'commonly published, not read again; check it before you rely on it',
  },
} as const;

export interface ProcessedTier {
  /** Vectors of the index up to which the price holds. */
  readonly upTo: number;
  readonly price: Price;
}

export interface PriceList {
  readonly name: string;
  readonly regions: readonly string[];
  /** The newest date of its prices. */
  readonly date: string;
  readonly s3Vectors: {
    readonly storage: Price;
    /** Per logical GB that is put. */
    readonly put: Price;
    /** Bytes that a PutVectors request is billed for at least. */
    readonly minimumPutBytes: number;
    readonly query: Price;
    /** Per TB of the index that a query processes, by how many vectors the index has. */
    readonly processed: readonly ProcessedTier[];
    /** Per GB returned beyond `freeReturnedBytes` of each query. */
    readonly returned: Price;
    readonly freeReturnedBytes: number;
    /** Bytes that a returned result is billed for at least. */
    readonly minimumResultBytes: number;
    /** GetVectors, ListVectors and all other requests. */
    readonly request: Price;
  };
  readonly s3: {
    readonly standard: Price;
    readonly glacierInstantRetrieval: Price;
    /** Bytes that an object in GLACIER_IR is billed for at least, and below which S3 leaves objects where they are unless told otherwise. */
    readonly glacierMinimumBytes: number;
    /** Days that an object in GLACIER_IR is billed for at least. */
    readonly glacierMinimumDays: number;
    readonly write: Price;
    readonly read: Price;
    readonly transition: Price;
  };
}

const KB = 1_024;
const VIRGINIA_AND_OREGON: PriceList = {
  name: 'us-east-1 and us-west-2, 2026-09-28',
  regions: ['us-east-1', 'us-west-2'],
  date: '2026-09-28',
  s3Vectors: {
    storage: { usd: 0.06, per: 'GB-month', source: 'feed' },
    put: { usd: 0.2, per: 'GB put', source: 'feed' },
    minimumPutBytes: 128 * KB,
    query: { usd: 2.5, per: '1,000,000 queries', source: 'feed' },
    processed: [
      { upTo: 100_000, price: { usd: 0.004, per: 'TB processed', source: 'feed' } },
      { upTo: 10_000_000, price: { usd: 0.002, per: 'TB processed', source: 'feed' } },
      { upTo: Infinity, price: { usd: 0.0004, per: 'TB processed', source: 'feed' } },
    ],
    returned: { usd: 0.01, per: 'GB returned', source: 'feed' },
    freeReturnedBytes: 512 * KB,
    minimumResultBytes: 256,
    request: { usd: 0.055, per: '1,000 requests', source: 'feed' },
  },
  s3: {
    standard: { usd: 0.023, per: 'GB-month', source: 'guide' },
    glacierInstantRetrieval: { usd: 0.004, per: 'GB-month', source: 'guide' },
    glacierMinimumBytes: 128 * KB,
    glacierMinimumDays: 90,
    write: { usd: 0.005, per: '1,000 requests', source: 'unverified' },
    read: { usd: 0.0004, per: '1,000 requests', source: 'unverified' },
    transition: { usd: 0.02, per: '1,000 requests', source: 'unverified' },
  },
};

export const PRICE_LISTS: readonly PriceList[] = [VIRGINIA_AND_OREGON];

/** Per million input tokens, by the model's base id; the same in every Region that offers the model. */
export const EMBEDDING_PRICES: Readonly<Record<string, Price>> = {
  'amazon.titan-embed-text-v2:0': { usd: 0.02, per: '1,000,000 tokens', source: 'guide' },
  'amazon.titan-embed-text-v1': { usd: 0.1, per: '1,000,000 tokens', source: 'unverified' },
  'amazon.nova-2-multimodal-embeddings-v1:0': {
    usd: 0.135,
    per: '1,000,000 tokens',
    source: 'thirdParty',
  },
  'cohere.embed-english-v3': { usd: 0.1, per: '1,000,000 tokens', source: 'unverified' },
  'cohere.embed-multilingual-v3': { usd: 0.1, per: '1,000,000 tokens', source: 'unverified' },
  'cohere.embed-v4:0': { usd: 0.12, per: '1,000,000 tokens', source: 'unverified' },
  'gemini-embedding-001': { usd: 0.15, per: '1,000,000 tokens', source: 'unverified' },
};

/**
 * The list of a Region.
 * @param assumed the Region whose prices to take where the Region itself has no list; without it that is refused
 * @throws InvalidInputError naming the Regions that have a list
 */
export function priceListOf(
  region: string,
  assumed: string | undefined,
): { readonly list: PriceList; readonly assumed: boolean } {
  const find = (name: string) => PRICE_LISTS.find(({ regions }) => regions.includes(name));
  const own = find(region);
  if (own !== undefined) return { list: own, assumed: false };
  const other = assumed === undefined ? undefined : find(assumed);
  if (other !== undefined) return { list: other, assumed: true };
  const known = PRICE_LISTS.flatMap(({ regions }) => regions).join(', ');
  throw new InvalidInputError('cost estimate', [
    assumed === undefined
      ? `there is no price list for Region "${region}", only for ${known}; name one of these as \`pricesOf\` to take its prices instead.`
      : `there is no price list for Region "${assumed}" (\`pricesOf\`), only for ${known}.`,
  ]);
}
