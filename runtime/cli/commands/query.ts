// `s3-vectors query`: the nearest vectors to a vector, to one that is stored, or to a text; in one index or in several.
import type { Command } from 'commander';
import { ENVIRONMENT_VARIABLES } from '../../../contract/environment-variables';
import { repeated } from '../../../contract/repeated';
import type { IndexMatch } from '../../vector-store/query-across';
import type { VectorStore } from '../../vector-store/vector-store';
import { CommandFailure, EXIT } from '../exit-codes';
import { objectOption, vectorOption } from '../json-option';
import { wholeNumber } from '../numbers';
import { modelIn, openEmbedder, openStore, targetIn } from '../session';
import type { Session } from '../session';
import { withTargetsOptions } from '../target';
import type { Target, TargetOptions } from '../target';
import { tableOf } from '../terminal';
import type { Terminal } from '../terminal';

interface QueryCommandOptions extends Omit<TargetOptions, 'index'> {
  readonly index?: readonly string[];
  readonly vector?: string;
  readonly key?: string;
  readonly text?: string;
  readonly model?: string;
  readonly top: number;
  readonly filter?: string;
  readonly metadata: boolean;
}

export function declareQuery(program: Command, session: (command: Command) => Session): void {
  withTargetsOptions(program.command('query'))
    .description('find the nearest vectors')
    .option('--vector <json>', 'query vector as a JSON list, or @file')
    .option('--key <key>', 'key of a stored vector to compare with')
    .option('--text <text>', 'text, made into a vector by --model')
    .option('--model <id>', 'embedding model for --text; default BEDROCK_MODEL_ID')
    .option('-k, --top <count>', 'matches wanted, 1 to 10000', wholeNumber(1, 10_000), 10)
    .option('--filter <json>', 'metadata filter, or @file')
    .option('--no-metadata', 'without metadata (needs fewer permissions)')
    .addHelpText(
      'after',
      `
Examples:
  s3-vectors query --key doc-1 -k 5
  s3-vectors query --vector @vector.json --filter '{"year":{"$gte":1990}}'
  s3-vectors query --text 'rotate a key' \\
    --model amazon.nova-2-multimodal-embeddings-v1:0
  s3-vectors query --key doc-1 --bucket shards --index shard-0 --index shard-1
`,
    )
    .action(async (options: QueryCommandOptions, command: Command) => {
      const here = session(command);
      const { terminal, signal } = here;
      const ways = (['vector', 'key', 'text'] as const).filter((way) => options[way] !== undefined);
      if (ways.length !== 1) {
        throw new CommandFailure(
          ways.length === 0
            ? 'What to look for is missing: give --vector, --key or --text.'
            : `Give one of ${ways.map((way) => `--${way}`).join(' and ')}, not several.`,
          EXIT.usage,
        );
      }
      const filter = options.filter === undefined ? undefined : objectOption('--filter', options.filter);
      const [twice] = repeated(options.index ?? []);
      if (twice !== undefined) {
        throw new CommandFailure(`--index ${twice} is given twice; each index counts once.`, EXIT.usage);
      }
      const given = options.vector === undefined ? undefined : vectorOption('--vector', options.vector);
      const stores: VectorStore[] = [];
      try {
        const { index: [index, ...others] = [], ...rest } = options;
        const target = await targetIn(here, { ...rest, ...(index === undefined ? {} : { index }) });
        // The shape that a stack tells is that of its own index.
        const { shape, ...place } = target;
        stores.push(await openStore({ ...place, ...(shape === undefined ? {} : { shape }) }));
        for (const indexName of others) stores.push(await openStore({ ...place, indexName }));
        const vector = given ?? (await queryVector(options, stores, target, here));
        const { queryAcross } = await import('../../vector-store/query-across.js');
        const matches = await queryAcross(stores, vector, {
          topK: options.top,
          filter,
          returnMetadata: options.metadata,
          signal,
        });
        tell(terminal, matches, { metadata: options.metadata, several: stores.length > 1 });
      } finally {
        for (const store of stores) store.close();
      }
    });
}

function tell(
  terminal: Terminal,
  matches: readonly IndexMatch[],
  shown: { readonly metadata: boolean; readonly several: boolean },
): void {
  if (terminal.json) {
    terminal.document({
      matches: matches.map(({ key, index, distance, similarity, metadata }) => ({
        key,
        index: index.indexName,
        distance,
        similarity,
        metadata,
      })),
    });
    return;
  }
  if (matches.length === 0) {
    terminal.note('No vector matches.');
    return;
  }
  const cosine = matches[0]?.similarity !== undefined;
  terminal.out(
    tableOf(
      terminal,
      [
        { title: 'KEY' },
        ...(shown.several ? [{ title: 'INDEX' }] : []),
        { title: 'DISTANCE', align: 'right' },
        ...(cosine ? [{ title: 'SIMILARITY', align: 'right' as const }] : []),
        ...(shown.metadata ? [{ title: 'METADATA', fills: 'cut' as const }] : []),
      ],
      matches.map(({ key, index, distance, similarity, metadata }) => [
        key,
        ...(shown.several ? [index.indexName] : []),
        sixDigits(distance),
        ...(cosine ? [sixDigits(similarity ?? 0)] : []),
        ...(shown.metadata ? [JSON.stringify(metadata ?? {})] : []),
      ]),
    ),
  );
}

/** Without the sign of a zero that rounding has left. */
function sixDigits(value: number): string {
  return value.toFixed(6).replace(/^-(?=0\.0+$)/, '');
}

async function queryVector(
  { key, text, model }: QueryCommandOptions,
  stores: readonly VectorStore[],
  target: Target,
  { signal, env }: Pick<Session, 'signal' | 'env'>,
): Promise<readonly number[]> {
  if (key !== undefined) {
    for (const store of stores) {
      const { vectors } = await store.get([key], { returnMetadata: false, signal });
      const data = vectors[0]?.data;
      if (data !== undefined) return data;
    }
    const where = stores.map(({ address }) => address.indexName).join(' or ');
    throw new CommandFailure(`There is no vector "${key}" in ${where}.`, EXIT.notFound);
  }
  const modelId = modelIn(model, env);
  if (modelId === undefined) {
    throw new CommandFailure(
      `--text needs --model, or ${ENVIRONMENT_VARIABLES.bedrockModelId}: the model that made the vectors of the index.`,
      EXIT.usage,
    );
  }
  const dimension = (await stores[0]?.shape({ signal }))?.dimension ?? 0;
  const embedder = await openEmbedder(modelId, dimension, target);
  const [outcome] = await embedder.embed([text ?? ''], 'query', { signal });
  if (outcome?.embedding === undefined) throw outcome?.error ?? new Error('the model gave no answer');
  return outcome.embedding.vector;
}
