// What every command is given: the terminal, the signal that Ctrl-C sets off, the environment; and the store, whose
// SDK is loaded when a command first needs it and not before, so that help comes at once.
import { ENVIRONMENT_VARIABLES } from '../../contract/environment-variables';
import type { VectorStore } from '../vector-store/vector-store';
import type { Embedder } from '../embedders/embedder';
import { targetOf } from './target';
import type { Target, TargetOptions } from './target';
import type { Terminal } from './terminal';

export interface Session {
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: NodeJS.ReadStream;
}

/** The index that the options of a command lead to; see `targetOf`. */
export function targetIn({ env, signal, stdin }: Session, options: TargetOptions): Promise<Target> {
  return targetOf(options, env, { signal, stdin });
}

/** The store of a target; the caller closes it. */
export async function openStore(target: Target): Promise<VectorStore> {
  const { VectorStore } = await import('../vector-store/vector-store.js');
  return new VectorStore(target);
}

/** Runs something on the store of a target, and closes it. */
export async function withStore<T>(target: Target, use: (store: VectorStore) => Promise<T>): Promise<T> {
  const store = await openStore(target);
  try {
    return await use(store);
  } finally {
    store.close();
  }
}

/** The embedding model that is meant: the option, or what a service is told. */
export function modelIn(option: string | undefined, env: NodeJS.ProcessEnv): string | undefined {
  const { bedrockModelId, embeddingModel } = ENVIRONMENT_VARIABLES;
  return [option, env[bedrockModelId], env[embeddingModel]].find(
    (id) => id !== undefined && id.trim() !== '',
  );
}

/**
 * The embedder of a model for an index of a dimension; undefined takes the model's own.
 * @throws InvalidInputError naming the known models, or the dimensions that the model has
 */
export async function openEmbedder(
  modelId: string,
  dimension: number | undefined,
  target: Target,
): Promise<Embedder> {
  const { embedderFor } = await import('../embedders/embedder-for.js');
  return embedderFor(modelId, dimension, target.region === undefined ? {} : { region: target.region });
}
