// What `s3-vectors migrate` tells people: of a dry run, of a migration and of its verification.
import type { DryRunReport } from '../migration/dry-run';
import type { MigrationReport } from '../migration/migration-report';
import type { VerificationReport } from '../migration/verify';
import { durationText, grouped } from './progress-line';

/** Missing keys and differences that are shown. */
const SHOWN = 20;

export function migrationText(
  report: MigrationReport,
  { indexName }: { readonly indexName: string },
  failures: string | undefined,
): string {
  if (report.finishedBefore) {
    return `This migration was finished before (${grouped(report.taken)} records, ${grouped(report.failed)} not stored); delete its checkpoint to begin anew.`;
  }
  const stored = report.kept + report.embedded;
  return [
    [
      `${grouped(stored)} stored in ${indexName}` +
        (report.embedded === 0 ? '' : `, ${grouped(report.embedded)} of them made anew`),
      ...(report.resumedAfter === 0
        ? []
        : [`${grouped(report.resumedAfter)} records were done by earlier runs`]),
      ...(report.failed === 0
        ? []
        : [`${grouped(report.failed)} not stored${failures === undefined ? '' : `, named in ${failures}`}`]),
      durationText(report.seconds),
    ].join('; ') + '.',
    ...(report.finished ? [] : ['The source has more: run it again without --limit, or with the same one.']),
    ...remarks(report),
  ].join('\n');
}

export function dryRunText(
  report: DryRunReport,
  { source }: { readonly source: { readonly name: string } },
): string {
  const { time, cost } = report;
  const seconds = (value: number | undefined) => (value === undefined ? 'unknown' : durationText(value));
  return [
    `${grouped(report.taken)} records, ${megabytes(report.bytes)}, in ${source.name}`,
    `  ${grouped(report.kept)} kept, ${grouped(report.embedded)} to be made anew, ${grouped(report.failed)} cannot be stored`,
    ...report.examples.map(({ code, source: name, reason }) => `  ${code}  ${name}: ${reason}`),
    ...remarks(report),
    ...(report.duplicates === 0
      ? []
      : [`${grouped(report.duplicates)} records have a key that another one has; the last one counts.`]),
    `In the index: ${megabytes(report.indexBytes)}.`,
    `Time: ${seconds(time.total)} (reading ${seconds(time.read)}, writing ${seconds(time.write)}, embedding ${seconds(time.embed)}).` +
      (time.embed === undefined
        ? ' Give --requests-per-minute and --tokens-per-minute for the time of embedding.'
        : ''),
    ...(cost === undefined
      ? []
      : [
          `Cost: $${cost.onceUsd.toFixed(4)} once, $${cost.monthlyUsd.toFixed(4)} a month (${cost.priceList}).`,
          ...cost.notes,
        ]),
    ...report.notes,
    'Nothing was written.',
  ].join('\n');
}

function remarks(report: MigrationReport | DryRunReport): string[] {
  const named = (names: Readonly<Record<string, number>>) =>
    Object.entries(names).map(([name, times]) => `  ${name} (${grouped(times)})`);
  const section = (title: string, names: Readonly<Record<string, number>>) =>
    Object.keys(names).length === 0 ? [] : [title, ...named(names)];
  return [
    ...section('Left out, because records have no place for it:', report.leftOut),
    ...section('Metadata brought into another form:', report.changed),
    ...(Object.keys(report.models).length > 1
      ? section('Kept vectors are of several models, which cannot be compared:', report.models)
      : []),
    ...(report.textsCut === 0
      ? []
      : [
          `${grouped(report.textsCut)} texts are longer than metadata may be; the index holds their beginning.`,
        ]),
    ...(report.others === 0 ? [] : [`${grouped(report.others)} objects of the source are no records.`]),
  ];
}

export function verificationText(report: VerificationReport): string {
  const { sample, search } = report;
  return [
    `${report.good ? 'Verified' : 'NOT as it should be'}: ${grouped(report.present)} of ${grouped(report.expected)} keys are in the index` +
      (report.failed === 0 ? '.' : `; ${grouped(report.failed)} that failed are not looked for.`),
    ...report.missingKeys.slice(0, SHOWN).map((key) => `  missing: ${key}`),
    ...(report.missing === 0 || report.allFailuresKnown
      ? []
      : [
          '  Not all records that failed are known here, and those that are not count as missing: name their file with --failed.',
        ]),
    `  ${grouped(sample.compared)} compared: ${grouped(sample.sameVector)} vectors the same bit by bit, ${grouped(sample.madeAnew)} made anew, ${grouped(sample.sameMetadata)} metadata the same.`,
    ...sample.differences.slice(0, SHOWN).map((difference) => `  ${difference}`),
    `  ${grouped(search.foundItself)} of ${grouped(search.asked)} searches found their own vector first; recall ${search.recall.toFixed(3)}.`,
    ...(report.others === 0
      ? []
      : [`  ${grouped(report.others)} vectors of the index are not of this source.`]),
  ].join('\n');
}

function megabytes(bytes: number): string {
  return bytes < 1e6 ? `${grouped(Math.ceil(bytes / 1e3))} KB` : `${grouped(Math.round(bytes / 1e6))} MB`;
}
