// The calculations that the older guides give, as inputs: what they say comes out, and the notes say what a bill differs in.
import type { CostInput } from './estimate-cost';

export interface CostExample {
  readonly title: string;
  /** What the guide says. */
  readonly says: string;
  readonly input: CostInput;
}

/** The numbers alone, as float32, in decimal gigabytes: 1,000,000 × 1,536 × 4 bytes. */
const SIX_GIGABYTES = { embeddings: 1_000_000, dimension: 1_536, form: 'float32' } as const;

export const COST_EXAMPLES = {
  'older-layout-standard': {
    title: '1,000,000 users’ embeddings of 1,536 dimensions in S3 Standard',
    says: '6 GB, $0.14 a month',
    input: { gigabyte: 'decimal', archive: SIX_GIGABYTES },
  },
  'older-layout-glacier': {
    title: 'the same in Glacier Instant Retrieval, packed into objects of 128 KB or more',
    says: '$0.02 a month',
    input: { gigabyte: 'decimal', archive: { ...SIX_GIGABYTES, archivedShare: 1, packed: true } },
  },
  'titan-v2': {
    title: '1,000,000 texts of 100 tokens on Titan Text Embeddings V2',
    says: '$2.00',
    input: {
      embeddings: { modelId: 'amazon.titan-embed-text-v2:0', texts: 1_000_000, tokensPerText: 100 },
    },
  },
  episodes: {
    title: '10,000 episodes of 3,072 dimensions with 4 KB of text each, 100,000 queries a month',
    says: 'less than $50 a month',
    input: {
      s3Vectors: {
        vectors: 10_000,
        dimension: 3_072,
        filterableMetadataBytes: 512,
        nonFilterableMetadataBytes: 4_096,
        putsPerMonth: 10_000,
        queriesPerMonth: 100_000,
      },
    },
  },
} as const satisfies Readonly<Record<string, CostExample>>;
