// What models bill: input tokens.
import { baseModelId } from '../../contract/embedding-models';
import { row } from './cost-estimate';
import type { CostPart } from './cost-estimate';
import { EMBEDDING_PRICES } from './price-list';
import type { Price } from './price-list';
import { amount } from './usage-problems';

export interface EmbeddingUsage {
  /** An id of Bedrock, of an inference profile or as an ARN, or Gemini's. */
  readonly modelId: string;
  readonly texts: number;
  /** Average input tokens of a text. */
  readonly tokensPerText: number;
  /** Default `once`. */
  readonly period?: 'once' | 'month' | undefined;
  /** US dollars for a million tokens, where the model has no price here or another. */
  readonly usdPerMillionTokens?: number | undefined;
}

/** Everything that is wrong with a usage, as sentences. */
export function embeddingUsageProblems(usage: EmbeddingUsage): string[] {
  return [
    ...amount('embeddings.texts', usage.texts),
    ...amount('embeddings.tokensPerText', usage.tokensPerText),
    ...(usage.usdPerMillionTokens === undefined
      ? priceOf(usage.modelId) === undefined
        ? [
            `embeddings.modelId "${usage.modelId}" has no price here, only ${Object.keys(EMBEDDING_PRICES).join(', ')}; give \`usdPerMillionTokens\`.`,
          ]
        : []
      : amount('embeddings.usdPerMillionTokens', usage.usdPerMillionTokens)),
  ];
}

export function embeddingCost(usage: EmbeddingUsage): CostPart {
  const price = usage.usdPerMillionTokens === undefined ? priceOf(usage.modelId) : undefined;
  const usd = usage.usdPerMillionTokens ?? price?.usd ?? Number.NaN;
  const millions = (usage.texts * usage.tokensPerText) / 1e6;
  return {
    rows: [row('Embeddings', usage.modelId, usage.period ?? 'once', millions, 'million tokens', usd)],
    notes: [],
    prices: price === undefined ? [] : [price],
  };
}

function priceOf(modelId: string): Price | undefined {
  const id = baseModelId(modelId);
  return Object.hasOwn(EMBEDDING_PRICES, id) ? EMBEDDING_PRICES[id] : EMBEDDING_PRICES[`${id}:0`];
}
