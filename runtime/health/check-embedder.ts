// Whether a model answers and makes vectors that fit.
import type { Embedder } from '../embedders/embedder';
import { Findings } from './health-report';
import type { Finding } from './health-report';

export async function checkEmbedder(
  embedder: Embedder,
  expected: {
    readonly dimension?: number | undefined;
    /** Whether to embed a word, which costs a token. Default true. */
    readonly invoke?: boolean | undefined;
    readonly signal?: AbortSignal | undefined;
  } = {},
): Promise<readonly Finding[]> {
  const findings = new Findings(`embedding model ${embedder.modelId}`);
  const { dimension, signal } = expected;
  if (dimension !== undefined) {
    if (dimension === embedder.dimension) {
      findings.ok('dimension', `It makes vectors of ${dimension} dimensions, as the index holds.`);
    } else {
      findings.add(
        'dimension',
        'error',
        `It makes vectors of ${embedder.dimension} dimensions and the index holds ${dimension}.`,
        {
          cause: 'misfit',
          fix: `Set VECTOR_DIMENSION to ${dimension} where the model offers it, or choose another model or index.`,
        },
      );
    }
  }
  if (expected.invoke === false) return findings.list;
  const [outcome] = await embedder.embed(['health'], 'query', { signal });
  if (outcome?.embedding === undefined) {
    findings.failed('invoke', outcome?.error ?? new Error('The embedder returned no outcome.'));
    return findings.list;
  }
  const { vector } = outcome.embedding;
  const sound =
    vector.length === embedder.dimension &&
    vector.every(Number.isFinite) &&
    vector.some((component) => component !== 0);
  if (sound) findings.ok('invoke', `It answers with ${vector.length} numbers.`);
  else {
    findings.add(
      'invoke',
      'error',
      `It answered with a vector of ${vector.length} numbers that cannot be used: ${embedder.dimension} finite ones are needed, and not all zero.`,
      {
        cause: 'misfit',
        fix: 'Check model id and dimension; an embedder of your own must keep to its `dimension`.',
      },
    );
  }
  return findings.list;
}
