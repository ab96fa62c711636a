// `npm start`: the whole product on this machine, from text on disk to a ranked answer.
import { Listr } from 'listr2';
import { InvalidInputError } from '../../contract/invalid-input';
import { CloudError, describeEnd, readStatus } from '../cloud';
import { EngineError } from '../engine/engine-error';
import { localPaths } from '../paths';
import { PrerequisiteError } from '../toolchain';
import { answersTable } from './answers-table';
import { closingWords } from './closing-words';
import { CorpusError } from './corpus/corpus-error';
import { parseStartOptions } from './options';
import { OWN_QUESTIONS, questionsFromHeadings } from './questions';
import { ServiceCallError } from './service';
import { startTasks } from './start';
import type { Started } from './start';

/** Errors whose message says it all; of others the stack is shown, because they are faults of ours. */
const EXPECTED = [
  CloudError,
  CorpusError,
  EngineError,
  InvalidInputError,
  PrerequisiteError,
  ServiceCallError,
];

async function main(): Promise<void> {
  // A notice of the AWS SDK about Node versions of next year, in the midst of a list of tasks.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const options = parseStartOptions(process.argv.slice(2), process.env['INIT_CWD'] ?? process.cwd());
  const paths = localPaths();
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => abort.abort(new Interrupted()));

  const list = new Listr<Started>(startTasks(paths, options.corpus, abort.signal), {
    rendererOptions: { collapseErrors: false, showErrorMessage: false },
    registerSignalListeners: false,
  });
  const started = { notes: [] } as unknown as Started;
  try {
    await list.run(started);
  } catch (shown) {
    const error = started.failure ?? shown;
    // What a dead service leaves behind are connection errors; its death is the reason.
    const { services } = await readStatus({ paths });
    const crashed = Object.values(services).filter(({ state }) => state === 'crashed');
    if (crashed.length === 0) throw error;
    throw new CloudError([...crashed.map(describeEnd), messageOf(error)].join('\n'));
  }

  const questions =
    options.ask.length > 0
      ? options.ask
      : options.corpus === undefined
        ? OWN_QUESTIONS
        : questionsFromHeadings(started.sections);
  const width = process.stdout.columns;
  for (const question of questions) {
    const results = await started.service.search(question, options.top, started.corpus);
    console.log(`\n? ${question}`);
    if (results.length === 0) {
      console.log('  Nothing was found: the index holds no text.');
      continue;
    }
    console.log(
      answersTable(
        results.map(({ id, similarity, text, metadata }) => ({
          similarity,
          document: typeof metadata['document'] === 'string' ? metadata['document'] : id,
          text: text ?? '',
        })),
        width,
      ),
    );
  }
  started.service.close();
  console.log(`\n${closingWords(started.cloud.cloud, started.deployed)}`);
  if (started.notes.length > 0) console.log(`\n${started.notes.join('\n')}`);
  if (started.failed > 0) process.exitCode = 1;
}

class Interrupted extends Error {
  constructor() {
    super(
      'Interrupted. Nothing is lost: start again with `npm start`; stop the local cloud with `npm run local -- down`.',
    );
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('\n');
  return EXPECTED.some((kind) => error instanceof kind) ? error.message : (error.stack ?? error.message);
}

main().catch((error: unknown) => {
  const interrupted = error instanceof Interrupted;
  console.error(`\n${interrupted ? error.message : messageOf(error)}`);
  process.exitCode = interrupted ? 130 : 1;
});
