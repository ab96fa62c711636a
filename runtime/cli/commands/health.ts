// `s3-vectors health`: whether what a service depends on is there and fits, each finding with its fix.
import type { Command } from 'commander';
import { ENVIRONMENT_VARIABLES } from '../../../contract/environment-variables';
import { InvalidInputError } from '../../../contract/invalid-input';
import type { EmbeddingArchive } from '../../embedding-archive/embedding-archive';
import type { Embedder } from '../../embedders/embedder';
import type { Finding, HealthReport } from '../../health/health-report';
import type { VectorStore } from '../../vector-store/vector-store';
import { EXIT } from '../exit-codes';
import { httpUrl } from '../place-options';
import { modelIn, openEmbedder, openStore, targetIn } from '../session';
import type { Session } from '../session';
import { withTargetOptions } from '../target';
import type { Target, TargetOptions } from '../target';
import { tableOf } from '../terminal';
import type { Terminal } from '../terminal';

interface HealthCommandOptions extends TargetOptions {
  readonly s3Endpoint?: string;
  readonly model?: string;
  readonly invokeModel?: boolean;
  readonly probeWrites?: boolean;
}

export function declareHealth(program: Command, session: (command: Command) => Session): void {
  withTargetOptions(program.command('health'))
    .description('check what a service depends on; exit code 1 when something is wrong')
    .option('--s3-endpoint <url>', 'S3 endpoint, for embedding buckets; default AWS', httpUrl)
    .option('--model <id>', 'embedding model to check; default BEDROCK_MODEL_ID, if set')
    .option('--invoke-model', 'embed one word with it, which costs a token')
    .option('--probe-writes', 'write, read and delete one record of a reserved key')
    .addHelpText(
      'after',
      `
Without --probe-writes nothing is written. With the outputs of a stack its index
and its embedding buckets are checked against them; else the index that is
named, and the embedding bucket of VECTOR_BUCKET_NAME where that is set.

Examples:
  s3-vectors health
  s3-vectors health --stack dev --probe-writes
  s3-vectors health --json | jq '.findings[] | select(.severity != "ok")'
`,
    )
    .action(async (options: HealthCommandOptions, command: Command) => {
      const here = session(command);
      const report = await reportOf(options, await targetIn(here, options), here);
      if (here.terminal.json) here.terminal.document(report);
      else here.terminal.out(healthText(here.terminal, report));
      if (!report.healthy) process.exitCode = EXIT.failure;
    });
}

async function reportOf(
  options: HealthCommandOptions,
  target: Target,
  { env, signal }: Session,
): Promise<HealthReport> {
  const { region, endpoint, outputs } = target;
  const { s3Endpoint, probeWrites, invokeModel = false } = options;
  const { checkHealth } = await import('../../health/check-health.js');
  let [store, archive]: [VectorStore?, EmbeddingArchive?] = [];
  try {
    if (outputs === undefined) {
      store = await openStore(target);
      const bucketName = env[ENVIRONMENT_VARIABLES.embeddingBucketName]?.trim() ?? '';
      if (bucketName !== '') {
        const { EmbeddingArchive } = await import('../../embedding-archive/embedding-archive.js');
        archive = new EmbeddingArchive({ bucketName, region, endpoint: s3Endpoint });
      }
    }
    const dimension = Number(env[ENVIRONMENT_VARIABLES.vectorDimension] ?? '') || undefined;
    const modelId = modelIn(options.model, env);
    const wanted = dimension ?? outputs?.episodeIndex.dimension ?? (await dimensionOf(store, signal));
    return await checkHealth({
      outputs,
      connection: { vectorsEndpoint: endpoint, s3Endpoint },
      store,
      archive,
      expected: dimension === undefined ? undefined : { dimension },
      embedder: modelId === undefined ? undefined : await embedderOf(modelId, wanted, target),
      env: isOfService(env) ? env : undefined,
      probeWrites,
      invokeModel,
      signal,
    });
  } finally {
    store?.close();
    await archive?.close();
  }
}

/** Whether the environment is that of a service: a person's own AWS_REGION is nothing to find fault with. */
function isOfService(env: NodeJS.ProcessEnv): boolean {
  const { vectorBucketName, vectorIndexName, embeddingBucketName } = ENVIRONMENT_VARIABLES;
  return [vectorBucketName, vectorIndexName, embeddingBucketName].some((name) => (env[name] ?? '') !== '');
}

/** Undefined where the index does not say; the health check tells why. */
async function dimensionOf(store: VectorStore | undefined, signal: AbortSignal): Promise<number | undefined> {
  try {
    return (await store?.shape({ retry: { maxAttempts: 1 }, signal }))?.dimension;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

/** Of its own dimension where the model does not make the one that is wanted: that is a finding, and no bad input. */
async function embedderOf(modelId: string, dimension: number | undefined, target: Target): Promise<Embedder> {
  try {
    return await openEmbedder(modelId, dimension, target);
  } catch (thrown) {
    if (!(thrown instanceof InvalidInputError) || dimension === undefined) throw thrown;
    return openEmbedder(modelId, undefined, target);
  }
}

/** The findings by what they are about, and the verdict. */
export function healthText(
  terminal: Pick<Terminal, 'width' | 'heading'>,
  { healthy, findings, counts }: HealthReport,
): string {
  const subjects = [...new Set(findings.map(({ subject }) => subject))];
  const tables = subjects.map((subject) =>
    [
      terminal.heading(subject),
      tableOf(
        terminal,
        [{ title: 'SEVERITY' }, { title: 'CHECK' }, { title: 'FINDING', fills: 'wrapped' }],
        findings.filter((finding) => finding.subject === subject).map(rowOf),
      ),
    ].join('\n'),
  );
  const verdict = [
    healthy ? 'Healthy' : 'Not healthy',
    ...(['error', 'warning', 'info', 'ok'] as const)
      .filter((severity) => counts[severity] > 0)
      .map((severity) => `${counts[severity]} ${severity}`),
  ];
  return [...tables, `${verdict[0] ?? ''}: ${verdict.slice(1).join(', ')}.`].join('\n\n');
}

function rowOf({ severity, check, message, fix }: Finding): string[] {
  return [severity, check, fix === undefined ? message : `${message}\nFix: ${fix}`];
}
