// Brings the index to hold the sections of a corpus and no others of it: asks what is there, stores what is new or has
// changed, removes what is gone.
import type { Section } from './corpus/sections';
import type { Service, ServiceDocument } from './service';

/** Sections an invocation: within the service's own limit of 100, small enough for steady progress. */
export const SECTIONS_PER_CALL = 100;
/** Invocations at a time: one embeds while the other is being written. */
const CALLS_AT_ONCE = 2;

export interface FailedSection {
  readonly id: string;
  readonly reason: string;
}

export interface StoredSections {
  readonly stored: number;
  /** Sections that were there already, as they are. */
  readonly unchanged: number;
  readonly failed: readonly FailedSection[];
}

/**
 * @param onProgress called with the number of sections dealt with
 * @throws ServiceCallError when the service fails as a whole; a section that it refuses is in `failed`
 */
export async function storeSections(
  service: Pick<Service, 'get' | 'store'>,
  sections: readonly Section[],
  onProgress: (done: number) => void = () => undefined,
): Promise<StoredSections> {
  let stored = 0;
  let unchanged = 0;
  const failed: FailedSection[] = [];
  const dealWith = async (batch: readonly Section[]) => {
    const found = await service.get(batch.map(({ id }) => id));
    const hashes = new Map(found.map(({ id, metadata }) => [id, metadata['sha256']]));
    const changed = batch.filter(({ id, sha256 }) => hashes.get(id) !== sha256);
    unchanged += batch.length - changed.length;
    if (changed.length > 0) {
      const { documents } = await service.store(changed.map(toDocument));
      changed.forEach(({ id }, at) => {
        const outcome = documents[at];
        if (outcome?.stored === true) stored += 1;
        else failed.push({ id, reason: outcome?.reason ?? 'the service did not say what became of it' });
      });
    }
    onProgress(stored + unchanged + failed.length);
  };

  const batches = inBatches(sections, SECTIONS_PER_CALL);
  const worker = async () => {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) await dealWith(batch);
  };
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, worker));
  return { stored, unchanged, failed };
}

/**
 * Removes what an earlier run stored of a corpus and is not in it any more: a document that was deleted, a section that
 * another heading took the place of.
 * @returns how many sections were removed
 * @throws ServiceCallError when the service fails
 */
export async function removeStaleSections(
  service: Pick<Service, 'idsOf' | 'delete'>,
  corpus: string,
  sections: readonly Section[],
): Promise<number> {
  const current = new Set(sections.map(({ id }) => id));
  const stale = (await service.idsOf(corpus)).filter((id) => !current.has(id));
  for (const batch of inBatches(stale, SECTIONS_PER_CALL)) await service.delete(batch);
  return stale.length;
}

function toDocument({ id, corpus, document, heading, text, sha256 }: Section): ServiceDocument {
  const metadata = { corpus, document, heading: heading.slice(0, 200), sha256 };
  return { id, text: `${heading}\n\n${text}`, metadata };
}

function inBatches<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) =>
    items.slice(at * size, (at + 1) * size),
  );
}
