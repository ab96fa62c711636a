// `s3-vectors migrate`: embeddings of the older layout, or JSONL, into an index. Without --dry-run it writes; it asks
// nothing, can be ended at any moment, and goes on where its checkpoint says.
import { existsSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { grouped, progressLine } from '../progress-line';
import { targetIn, withStore } from '../session';
import type { Session } from '../session';
import { CommandFailure, EXIT } from '../exit-codes';
import { wholeNumber } from '../numbers';
import { withTargetOptions } from '../target';
import {
  checkpointOf,
  expectDistinct,
  expectFailuresKnown,
  failuresPath,
  sourceOf,
} from '../migration-places';
import type { PlaceOptions } from '../migration-places';
import { dryRunText, migrationText, verificationText } from '../migration-text';
import type { Target, TargetOptions } from '../target';
import type { MigrationReport } from '../../migration/migration-report';
import type { MigrationPlan } from '../../migration/migration-options';
import type { MigrationSource, WantedItems } from '../../migration/migration-source';
import type { VerificationReport } from '../../migration/verify';
import { messageOf } from '../../runtime-error';
import type { VectorStore } from '../../vector-store/vector-store';

interface MigrateCommandOptions extends TargetOptions, PlaceOptions {
  readonly model?: string;
  readonly embed: boolean;
  readonly trustVectors?: boolean;
  readonly flattenMetadata?: boolean;
  readonly text: boolean;
  readonly textKey?: string;
  readonly prefix?: string;
  readonly since?: Date;
  readonly limit?: number;
  readonly dryRun?: boolean;
  readonly verify?: boolean;
  readonly sample?: number;
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  readonly pricesOf?: string;
}

/** Failures that are shown; all of them are counted, and written to --failed. */
const SHOWN = 20;

export function declareMigrate(program: Command, session: (command: Command) => Session): void {
  withTargetOptions(program.command('migrate'))
    .description('move embeddings of the older layout, a folder of them, or JSONL into an index')
    .option(
      '--from <source>',
      "s3://bucket[/prefix], a folder or a .jsonl file; default the stack's one older bucket",
    )
    .option('--dry-run', 'write nothing; say what would happen, what it costs and how long it takes')
    .option('--model <id>', "model of the index's vectors; others are made anew from their texts")
    .option('--no-embed', 'make no vectors; records that need one fail')
    .option('--trust-vectors', 'keep vectors of which nobody says who made them')
    .option('--flatten-metadata', 'bring nested metadata and null into a form that fits')
    .option('--no-text', 'leave texts behind')
    .option('--text-key <key>', "metadata key of the texts; default as the library's EmbeddingService")
    .option('--prefix <prefix>', 'only keys that begin so')
    .option('--since <date>', 'only what was written then or later: 2026-11-01, or with time', date)
    .option('-n, --limit <count>', 'take so many items at most in this run', wholeNumber(1))
    .option('--checkpoint <file>', 'a file or s3://bucket/key; where it is there, go on after it')
    .option('--failed <file>', 'write what is not stored, with its reason, as JSONL')
    .option('--retry-failed <file>', 'only what such a file names')
    .option('--verify', 'afterwards, or with --dry-run instead, look whether everything is there')
    .option('--sample <count>', 'vectors that --verify compares and searches', wholeNumber(1, 10_000))
    .option('--requests-per-minute <count>', "the account's quota for the model", wholeNumber(1))
    .option('--tokens-per-minute <count>', "the account's quota for the model", wholeNumber(1))
    .option('--prices-of <region>', 'take the prices of this Region where the own has no list')
    .addHelpText(
      'after',
      `
Vectors are kept where model and dimension fit, and made anew from the text
where they do not. What can be neither is not stored, and named with its reason.

Examples:
  s3-vectors migrate --from s3://acme-prod-vector-embeddings \\
    --model amazon.titan-embed-text-v2:0 --dry-run
  s3-vectors migrate --from s3://acme-prod-vector-embeddings \\
    --model amazon.titan-embed-text-v2:0 --checkpoint move.json --verify
  s3-vectors migrate --from ./embeddings --trust-vectors --no-embed
  s3-vectors migrate --from ./embeddings --trust-vectors --no-embed \\
    --retry-failed move.json.failed.jsonl

With --checkpoint, --failed is <checkpoint>.failed.jsonl unless it is named, and
the same command run again goes on after a crash, a kill or Ctrl-C.
Exit codes: 0 all stored, 3 some not stored or --verify found a difference.
`,
    )
    .action(async (options: MigrateCommandOptions, command: Command) => {
      const current = session(command);
      expectDistinct(options);
      expectFailuresKnown(options);
      const target = await targetIn(current, options);
      const source = await sourceOf(options, target, current);
      await withStore(target, async (store) => {
        const plan = await planOf(options, source, store, target, current.signal);
        if (options.dryRun === true) {
          if (options.verify === true) await verifyOnly(options, plan, current);
          else await dryRunOnly(options, plan, target, current);
        } else await migrateNow(options, plan, target, current);
      });
    });
}

async function planOf(
  options: MigrateCommandOptions,
  source: MigrationSource,
  store: VectorStore,
  target: Target,
  signal: AbortSignal,
): Promise<MigrationPlan> {
  const { model, requestsPerMinute, tokensPerMinute, trustVectors, flattenMetadata, text, textKey } = options;
  const { dimension } = await store.shape({ signal });
  const embedder =
    model === undefined || !options.embed
      ? undefined
      : (await import('../../embedders/embedder-for.js')).embedderFor(model, dimension, {
          ...(target.region === undefined ? {} : { region: target.region }),
          ...(requestsPerMinute === undefined && tokensPerMinute === undefined
            ? {}
            : { rate: { requestsPerMinute, tokensPerMinute } }),
        });
  const { prefix, since } = options;
  return {
    source,
    store,
    model,
    embedder,
    trustVectors,
    flattenMetadata,
    texts: text,
    textKey,
    prefix,
    since,
    signal,
  };
}

async function dryRunOnly(
  options: MigrateCommandOptions,
  plan: MigrationPlan,
  target: Target,
  { terminal }: Session,
): Promise<void> {
  const { dryRun } = await import('../../migration/dry-run.js');
  const { limit, pricesOf, requestsPerMinute, tokensPerMinute } = options;
  const progress = progressLine(terminal, 'records');
  const only = await retried(options, plan);
  try {
    const report = await dryRun({
      ...plan,
      limit,
      only,
      pricesOf,
      region: target.region ?? process.env['AWS_REGION'],
      modelQuota: { requestsPerMinute, tokensPerMinute },
      onProgress: ({ taken, seconds }) => progress.show({ done: taken, seconds }),
    });
    progress.end();
    if (terminal.json) terminal.document(report);
    else terminal.out(dryRunText(report, plan));
    if (options.failed !== undefined) terminal.note(`Nothing was written to ${options.failed} either.`);
    if (report.failed > 0) process.exitCode = EXIT.incomplete;
  } finally {
    progress.end();
  }
}

async function migrateNow(
  options: MigrateCommandOptions,
  plan: MigrationPlan,
  target: Target,
  current: Session,
): Promise<void> {
  const { terminal } = current;
  const { migrate } = await import('../../migration/migrate.js');
  const { MigrationError } = await import('../../migration/migration-error.js');
  const checkpoint = await checkpointOf(options.checkpoint, target);
  const failures = failuresPath(options);
  const only = await retried(options, plan);
  const total = terminal.moving && only === undefined ? await countOf(options, plan) : only?.size;
  const progress = progressLine(terminal, 'records');
  let shown = 0;
  // What --verify must know where no file holds it.
  const failed =
    options.verify === true && failures === undefined ? new Map<string, string | undefined>() : undefined;
  let report: MigrationReport;
  try {
    report = await migrate({
      ...plan,
      limit: options.limit,
      only,
      checkpoint,
      failures,
      onProgress: ({ taken, takenNow, failed, seconds }) =>
        progress.show({
          done: takenNow,
          total:
            total === undefined ? undefined : Math.min(total - (taken - takenNow), options.limit ?? Infinity),
          seconds,
          notes: failed === 0 ? [] : [`failed ${grouped(failed)}`],
        }),
      onFailure: ({ source, cursor, key, reason }) => {
        shown += 1;
        failed?.set(cursor, key);
        if (shown <= SHOWN) terminal.note(`${source}: ${reason}`);
        else if (shown === SHOWN + 1) terminal.note('… further failures are counted and not shown.');
      },
    });
  } catch (error) {
    progress.end();
    if (!(error instanceof MigrationError)) throw error;
    if (terminal.json)
      terminal.document({ ...error.report, error: { code: error.code, message: error.message } });
    const { kept, embedded } = error.report;
    throw new CommandFailure(error.message, kept + embedded > 0 ? EXIT.incomplete : EXIT.failure);
  } finally {
    progress.end();
  }
  if (report.failed > 0) process.exitCode = EXIT.incomplete;
  // Before the verification, which may be interrupted or fail: this is done.
  if (!terminal.json) terminal.note(migrationText(report, target, failures));
  if (options.verify !== true) {
    if (terminal.json) terminal.document(report);
    return;
  }
  let verification: VerificationReport;
  try {
    verification = await verified(options, plan, current, {
      limit: report.finished ? undefined : report.taken,
      failed: failed ?? (await failuresOf(failures, plan)),
      count: report.failed,
    });
  } catch (error) {
    if (terminal.json)
      terminal.document({ ...report, error: { code: 'NOT_VERIFIED', message: messageOf(error) } });
    throw error;
  }
  if (terminal.json) terminal.document({ ...report, verification });
  else terminal.out(verificationText(verification));
  if (!verification.good) process.exitCode = EXIT.incomplete;
}

async function verifyOnly(
  options: MigrateCommandOptions,
  plan: MigrationPlan,
  current: Session,
): Promise<void> {
  const { terminal } = current;
  const { limit } = options;
  const failed = await failuresOf(failuresPath(options), plan);
  const report = await verified(options, plan, current, { limit, failed, count: undefined });
  if (terminal.json) terminal.document(report);
  else terminal.out(verificationText(report));
  if (!report.good) process.exitCode = EXIT.incomplete;
}

/** What is known of the migration that is looked at. */
interface Migrated {
  /** Items taken, where it was not all of them. */
  readonly limit: number | undefined;
  readonly failed: WantedItems | undefined;
  /** How many failed, by the migration's own account. */
  readonly count: number | undefined;
}

async function verified(
  options: MigrateCommandOptions,
  plan: MigrationPlan,
  { terminal }: Session,
  { limit, failed, count }: Migrated,
): Promise<VerificationReport> {
  const { verifyMigration } = await import('../../migration/verify.js');
  const progress = progressLine(terminal, 'keys looked up');
  try {
    return await verifyMigration({
      ...plan,
      limit,
      failed,
      allFailuresKnown: failed !== undefined && (count === undefined || failed.size >= count),
      sampleSize: options.sample,
      onProgress: ({ taken, seconds }) => progress.show({ done: taken, seconds }),
    });
  } finally {
    progress.end();
  }
}

/** Undefined where there is no file that says it. */
async function failuresOf(
  file: string | undefined,
  { source }: MigrationPlan,
): Promise<WantedItems | undefined> {
  if (file === undefined || !existsSync(file)) return undefined;
  const { failedItems } = await import('../../migration/failure-file.js');
  return failedItems(file, source);
}

async function retried(
  { retryFailed }: MigrateCommandOptions,
  { source }: MigrationPlan,
): Promise<WantedItems | undefined> {
  if (retryFailed === undefined) return undefined;
  const { failedItems } = await import('../../migration/failure-file.js');
  return failedItems(retryFailed, source);
}

/** Items of the source, for the time that is left: listing is cheap beside reading. */
async function countOf({ limit = Infinity }: MigrateCommandOptions, plan: MigrationPlan): Promise<number> {
  const listed = plan.source.items(plan)[Symbol.asyncIterator]();
  let items = 0;
  while (items < limit && (await listed.next()).done !== true) items += 1;
  await listed.return?.();
  return items;
}

function date(text: string): Date {
  const value = new Date(text);
  if (!Number.isNaN(value.getTime()) && /^\d{4}-\d{2}-\d{2}/.test(text)) return value;
  throw new InvalidArgumentError('It must be a date: 2026-11-01 or 2026-11-01T12:00:00Z.');
}
