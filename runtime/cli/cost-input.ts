// What is to be estimated, from the options of `s3-vectors cost` and from an index that was counted.
import { InvalidInputError } from '../../contract/invalid-input';
import type { ArchiveForm } from '../cost/archive-cost';
import { estimateCost } from '../cost/estimate-cost';
import type { CostEstimate } from '../cost/cost-estimate';
import type { CostInput } from '../cost/estimate-cost';
import { CommandFailure, EXIT } from './exit-codes';

export interface CostOptions {
  readonly vectors?: number;
  readonly dimension?: number;
  readonly keyBytes?: number;
  readonly metadataBytes?: number;
  readonly nonFilterableBytes?: number;
  readonly puts?: number;
  readonly perPut?: number;
  readonly queries?: number;
  readonly top?: number;
  readonly requests?: number;
  readonly load: boolean;
  readonly model?: string;
  readonly tokens?: number;
  readonly tokenPrice?: number;
  readonly olderLayout?: ArchiveForm;
  readonly region?: string;
  readonly pricesOf?: string;
}

/** Vectors of an index and their average sizes in bytes. */
export interface IndexCount {
  readonly vectors: number;
  readonly dimension: number;
  readonly keyBytes: number;
  readonly metadataBytes: number;
  readonly nonFilterableBytes: number;
}

/**
 * @param counted what the options do not say
 * @throws CommandFailure naming what is missing
 */
export function costInput(options: CostOptions, counted?: IndexCount): CostInput {
  const { vectors, dimension, keyBytes, metadataBytes, nonFilterableBytes } = { ...counted, ...options };
  const { model, tokens } = options;
  const problems = [
    ...(vectors === undefined
      ? ['--vectors is missing: how many are stored; or --count to count them.']
      : []),
    ...(dimension === undefined ? ['--dimension is missing: how many numbers a vector has.'] : []),
    ...(model !== undefined && tokens === undefined ? ['--model needs --tokens: how many a text has.'] : []),
    ...(model === undefined && tokens !== undefined ? ['--tokens needs --model: who embeds them.'] : []),
    ...(model === undefined && options.tokenPrice !== undefined ? ['--token-price needs --model.'] : []),
  ];
  if (vectors === undefined || dimension === undefined || problems.length > 0) {
    throw new CommandFailure(problems.join('\n'), EXIT.usage);
  }
  const otherBytes = (metadataBytes ?? 0) + (nonFilterableBytes ?? 0);
  return {
    region: options.region,
    pricesOf: options.pricesOf,
    s3Vectors: {
      vectors,
      dimension,
      keyBytes,
      filterableMetadataBytes: metadataBytes,
      nonFilterableMetadataBytes: nonFilterableBytes,
      vectorsPerPut: options.perPut,
      putsPerMonth: options.puts,
      queriesPerMonth: options.queries,
      topK: options.top,
      requestsPerMonth: options.requests,
      initialLoad: options.load,
    },
    ...(model === undefined
      ? {}
      : {
          embeddings: {
            modelId: model,
            texts: vectors,
            tokensPerText: tokens ?? 0,
            usdPerMillionTokens: options.tokenPrice,
          },
        }),
    ...(options.olderLayout === undefined
      ? {}
      : {
          archive: {
            embeddings: vectors,
            dimension,
            form: options.olderLayout,
            otherBytes,
            overwrittenPerMonth: options.puts,
            initialLoad: options.load,
          },
        }),
  };
}

/** The library's names of what it misses, as they are written on a command line. */
const OPTION_OF: readonly (readonly [name: string, option: string])[] = [
  ['`usdPerMillionTokens`', '--token-price'],
  ['as `pricesOf`', 'with --prices-of'],
  ['`pricesOf`', '--prices-of'],
  ['embeddings.modelId', '--model'],
];

/** @throws InvalidInputError in the words of the command line */
export function costEstimate(input: CostInput): CostEstimate {
  try {
    return estimateCost(input);
  } catch (thrown) {
    if (!(thrown instanceof InvalidInputError)) throw thrown;
    throw new InvalidInputError(
      thrown.subject,
      thrown.problems.map((problem) =>
        OPTION_OF.reduce((text, [name, option]) => text.replaceAll(name, option), problem),
      ),
    );
  }
}
