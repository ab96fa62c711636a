import assert from 'node:assert/strict';
import { sectionsOf } from '../../../local/start/corpus/sections';
import type { ServiceDocument } from '../../../local/start/service';
import { removeStaleSections, SECTIONS_PER_CALL, storeSections } from '../../../local/start/store-sections';

const corpus = (count: number, word = 'text') =>
  Array.from({ length: count }, (_, at) =>
    sectionsOf({ document: `d${at}.md`, text: `# H\n${word} ${at}` }),
  ).flat();

/** A service that remembers, and refuses what `refuse` names. */
function remembering(refuse: readonly string[] = []) {
  const kept = new Map<string, ServiceDocument>();
  const sizes: number[] = [];
  return {
    kept,
    sizes,
    get: (ids: readonly string[]) => Promise.resolve(ids.flatMap((id) => kept.get(id) ?? [])),
    store: (documents: readonly ServiceDocument[]) => {
      sizes.push(documents.length);
      return Promise.resolve({
        documents: documents.map((document) => {
          if (refuse.includes(document.id)) return { stored: false as const, reason: 'refused' };
          kept.set(document.id, document);
          return { stored: true as const };
        }),
      });
    },
  };
}

describe('storing the sections of a corpus', () => {
  it('stores every section once, in calls of a bounded size', async () => {
    const service = remembering();
    const progress: number[] = [];
    const outcome = await storeSections(service, corpus(250), (done) => progress.push(done));
    assert.deepEqual(outcome, { stored: 250, unchanged: 0, failed: [] });
    assert.equal(service.kept.size, 250);
    assert.ok(service.sizes.every((size) => size <= SECTIONS_PER_CALL));
    assert.equal(progress.at(-1), 250);
  });

  it('stores nothing a second time, and only what has changed a third time', async () => {
    const service = remembering();
    await storeSections(service, corpus(120));
    assert.deepEqual(await storeSections(service, corpus(120)), { stored: 0, unchanged: 120, failed: [] });
    const changed = [...corpus(119), ...corpus(120, 'other').slice(119)];
    assert.deepEqual(await storeSections(service, changed), { stored: 1, unchanged: 119, failed: [] });
  });

  it('names each section that the service refuses, with its reason, and stores the others', async () => {
    const sections = corpus(3);
    const refused = sections[1]?.id ?? '';
    const outcome = await storeSections(remembering([refused]), sections);
    assert.deepEqual(outcome, { stored: 2, unchanged: 0, failed: [{ id: refused, reason: 'refused' }] });
  });

  it('counts a section without an outcome as failed', async () => {
    const silent = { get: () => Promise.resolve([]), store: () => Promise.resolve({ documents: [] }) };
    assert.equal((await storeSections(silent, corpus(2))).failed.length, 2);
  });

  it('fails as a whole when the service does', async () => {
    const broken = {
      get: () => Promise.reject(new Error('down')),
      store: () => Promise.reject(new Error('down')),
    };
    await assert.rejects(storeSections(broken, corpus(2)), /down/);
  });
});

describe('removing sections that are gone', () => {
  it('removes what the corpus does not hold any more, in calls of a bounded size, and nothing else', async () => {
    const sections = corpus(250);
    const [asked, removed]: [string[], string[][]] = [[], []];
    const service = {
      idsOf: (of: string) => {
        asked.push(of);
        return Promise.resolve(sections.map(({ id }) => id));
      },
      delete: (ids: readonly string[]) => {
        removed.push([...ids]);
        return Promise.resolve();
      },
    };
    assert.equal(await removeStaleSections(service, 'notes', sections.slice(130)), 130);
    assert.deepEqual(asked, ['notes']);
    assert.deepEqual(
      removed.flat(),
      sections.slice(0, 130).map(({ id }) => id),
    );
    assert.ok(removed.every(({ length }) => length <= SECTIONS_PER_CALL));
    assert.equal(await removeStaleSections(service, 'notes', sections), 0);
    assert.equal(removed.length, 2);
  });
});
