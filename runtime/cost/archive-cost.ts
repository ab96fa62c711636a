// What S3 bills for the older layout: one object an embedding, its noncurrent versions under a lifecycle, requests.
// GLACIER_IR bills 128 KB an object at least, and S3 moves no smaller object there unless the rule says so (S3 User Guide,
// "Transitioning objects"); an embedding is smaller, so that the saving that is often quoted needs objects packed together.
import { bytesPerGb, row } from './cost-estimate';
import type { CostPart, CostRow, Gigabyte } from './cost-estimate';
import type { PriceList } from './price-list';
import { amount } from './usage-problems';

/** How the numbers are written. */
export type ArchiveForm = 'json' | 'json.gz' | 'float32';

/** Bytes of one number, measured on normalised random vectors of 1,024 to 3,072 dimensions. */
export const BYTES_PER_NUMBER: Readonly<Record<ArchiveForm, number>> = {
  json: 21.3,
  'json.gz': 9.45,
  float32: 4,
};

export interface ArchiveLifecycle {
  /** Days until a noncurrent version moves to GLACIER_IR, default 90; undefined with `archive: false`. */
  readonly transitionAfterDays?: number | undefined;
  /** Days until a noncurrent version is deleted, default 180. */
  readonly expireAfterDays?: number | undefined;
  /** Whether noncurrent versions move to GLACIER_IR at all, default true. */
  readonly archive?: boolean | undefined;
  /** Whether the rule also moves objects below 128 KB (`ObjectSizeGreaterThan`), default false, as in S3. */
  readonly moveSmallObjects?: boolean | undefined;
}

export interface ArchiveUsage {
  readonly embeddings: number;
  readonly dimension: number;
  /** Default `json`. */
  readonly form?: ArchiveForm | undefined;
  /** Bytes of an object besides its numbers (id, text, metadata), default 0. */
  readonly otherBytes?: number | undefined;
  /** Share of the current objects that lies in GLACIER_IR, 0–1, default 0. */
  readonly archivedShare?: number | undefined;
  /** Whether embeddings are packed into objects of 128 KB or more, so that no minimum binds. Default false. */
  readonly packed?: boolean | undefined;
  /** Objects overwritten every month; each leaves a noncurrent version. Default 0. */
  readonly overwrittenPerMonth?: number | undefined;
  readonly lifecycle?: ArchiveLifecycle | undefined;
  readonly readsPerMonth?: number | undefined;
  /** Whether the objects have to be written first, once. Default false. */
  readonly initialLoad?: boolean | undefined;
}

const SERVICE = 'S3';
const DAYS_PER_MONTH = 30;

/** Everything that is wrong with a usage, as sentences. */
export function archiveUsageProblems(usage: ArchiveUsage): string[] {
  const { transitionAfterDays = 90, expireAfterDays = 180, archive = true } = usage.lifecycle ?? {};
  return [
    ...amount('archive.embeddings', usage.embeddings, { whole: true }),
    ...amount('archive.dimension', usage.dimension, { whole: true, min: 1 }),
    ...(usage.form === undefined || Object.hasOwn(BYTES_PER_NUMBER, usage.form)
      ? []
      : [`archive.form is "${usage.form}"; it must be ${Object.keys(BYTES_PER_NUMBER).join(', ')}.`]),
    ...amount('archive.otherBytes', usage.otherBytes ?? 0),
    ...amount('archive.archivedShare', usage.archivedShare ?? 0, { max: 1 }),
    ...amount('archive.overwrittenPerMonth', usage.overwrittenPerMonth ?? 0),
    ...amount('archive.readsPerMonth', usage.readsPerMonth ?? 0),
    ...amount('archive.lifecycle.transitionAfterDays', transitionAfterDays),
    ...amount('archive.lifecycle.expireAfterDays', expireAfterDays, { min: 1 }),
    ...(archive && transitionAfterDays >= expireAfterDays
      ? [
          `archive.lifecycle: versions expire after ${expireAfterDays} days and would move after ${transitionAfterDays}; they must move first.`,
        ]
      : []),
  ];
}

export function archiveCost(usage: ArchiveUsage, list: PriceList, gigabyte: Gigabyte): CostPart {
  const prices = list.s3;
  const { embeddings, form = 'json', otherBytes = 0, archivedShare = 0, packed = false } = usage;
  const { overwrittenPerMonth = 0, readsPerMonth = 0, initialLoad = false, lifecycle } = usage;
  const gb = bytesPerGb(gigabyte);
  const objectBytes = usage.dimension * BYTES_PER_NUMBER[form] + otherBytes;
  const archivedBytes = packed ? objectBytes : Math.max(objectBytes, prices.glacierMinimumBytes);
  const rows: CostRow[] = [];
  const notes: string[] = [];
  const inStandard = (item: string, objects: number) => {
    if (objects > 0)
      rows.push(row(SERVICE, item, 'month', (objects * objectBytes) / gb, 'GB', prices.standard.usd));
  };
  const inGlacier = (item: string, objects: number) => {
    if (objects > 0) {
      rows.push(
        row(SERVICE, item, 'month', (objects * archivedBytes) / gb, 'GB', prices.glacierInstantRetrieval.usd),
      );
    }
  };
  inStandard('embeddings in Standard', embeddings * (1 - archivedShare));
  inGlacier('embeddings in Glacier Instant Retrieval', embeddings * archivedShare);

  if (overwrittenPerMonth > 0) {
    const {
      transitionAfterDays = 90,
      expireAfterDays = 180,
      archive = true,
      moveSmallObjects = false,
    } = lifecycle ?? {};
    const monthly = overwrittenPerMonth / DAYS_PER_MONTH;
    const small = !packed && objectBytes < prices.glacierMinimumBytes;
    const moves = archive && (!small || moveSmallObjects);
    const standardDays = moves ? transitionAfterDays : expireAfterDays;
    inStandard('noncurrent versions in Standard', monthly * standardDays);
    if (moves) {
      const days = Math.max(expireAfterDays - transitionAfterDays, prices.glacierMinimumDays);
      inGlacier('noncurrent versions in Glacier Instant Retrieval', monthly * days);
      if (!packed) {
        rows.push(
          row(
            SERVICE,
            'transitions',
            'month',
            overwrittenPerMonth / 1_000,
            'thousand',
            prices.transition.usd,
          ),
        );
      }
    } else if (archive) {
      notes.push(
        `noncurrent versions stay in Standard until they expire: at ${Math.ceil(objectBytes / 1024)} KB they are below the 128 KB ` +
          'that S3 moves to another storage class by default.',
      );
    }
    notes.push(
      `noncurrent versions: the steady state, reached after ${expireAfterDays} days; a lifecycle that never deletes grows without end.`,
    );
    if (!packed) {
      rows.push(
        row(SERVICE, 'objects written', 'month', overwrittenPerMonth / 1_000, 'thousand', prices.write.usd),
      );
    }
  }
  const archivesSmall =
    (archivedShare > 0 || (overwrittenPerMonth > 0 && lifecycle?.moveSmallObjects === true)) &&
    archivedBytes > objectBytes;
  if (archivesSmall) {
    notes.push(
      `Glacier Instant Retrieval bills ${(archivedBytes / objectBytes).toFixed(1)} times the objects’ size, because an object counts as 128 KB at least: ` +
        (archivedBytes * prices.glacierInstantRetrieval.usd > objectBytes * prices.standard.usd
          ? 'that is dearer than Standard; leave them there, or pack embeddings together.'
          : 'pack embeddings together to save it.'),
    );
  }
  if (initialLoad && embeddings > 0 && !packed) {
    rows.push(row(SERVICE, 'first load', 'once', embeddings / 1_000, 'thousand', prices.write.usd));
  }
  if (readsPerMonth > 0) {
    rows.push(row(SERVICE, 'objects read', 'month', readsPerMonth / 1_000, 'thousand', prices.read.usd));
  }
  const requests = rows.filter(({ unit }) => unit === 'thousand').length > 0;
  return {
    rows,
    notes,
    prices: [
      prices.standard,
      prices.glacierInstantRetrieval,
      ...(requests ? [prices.write, prices.read, prices.transition] : []),
    ],
  };
}
