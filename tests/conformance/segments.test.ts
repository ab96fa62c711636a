import assert from 'node:assert/strict';
import {
  CreateVectorBucketCommand,
  DeleteVectorsCommand,
  paginateListVectors,
  PutVectorsCommand,
} from '@aws-sdk/client-s3vectors';
import fc from 'fast-check';
import { after, before, describe, it } from 'mocha';
import { isWellFormed } from '../../contract/vectors/text';
import { makeIndex, startService, uniqueName, type RunningService } from './running-service';

// ListVectors in segments while others write (API reference, ListVectors). SEGMENT_RUNS sets the number of cases.
const RUNS = Number(process.env['SEGMENT_RUNS'] ?? 40);

const keyText = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }).filter(isWellFormed),
  fc.integer({ min: 0, max: 10_000 }).map((n) => `key-${n}`),
  fc.integer({ min: 1, max: 1024 }).map((length) => 'k'.repeat(length)),
);
const scenario = fc.record({
  staying: fc
    .uniqueArray(keyText, { minLength: 1, maxLength: 150 })
    .map((keys) => keys.map((key) => `s${key}`.slice(0, 1024))),
  leaving: fc
    .uniqueArray(keyText, { maxLength: 60 })
    .map((keys) => keys.map((key) => `l${key}`.slice(0, 1024))),
  coming: fc
    .uniqueArray(keyText, { maxLength: 60 })
    .map((keys) => keys.map((key) => `c${key}`.slice(0, 1024))),
  segmentCount: fc.integer({ min: 1, max: 16 }),
  pageSize: fc.integer({ min: 1, max: 40 }),
  batch: fc.integer({ min: 1, max: 20 }),
});

describe('segments of a list', () => {
  const vectorBucketName = uniqueName('bucket');
  let service: RunningService;
  before(async () => {
    service = await startService();
    await service.client.send(new CreateVectorBucketCommand({ vectorBucketName }));
  });
  after(() => service.stop());

  it('are disjoint, and together complete, while three others put, replace and delete [API]', async function () {
    this.timeout(60_000 + RUNS * 3_000);
    const property = fc.asyncProperty(
      scenario,
      async ({ staying: given, leaving, coming, segmentCount, pageSize, batch }) => {
        const staying = [...new Set(given)]; // cutting to 1,024 characters may have made two keys one
        const at = await makeIndex(service, vectorBucketName, 1);
        const put = (keys: readonly string[]) =>
          keys.length === 0
            ? undefined
            : service.client.send(
                new PutVectorsCommand({
                  ...at,
                  vectors: [...new Set(keys)].map((key) => ({ key, data: { float32: [1] } })),
                }),
              );
        const remove = (keys: readonly string[]) =>
          keys.length === 0
            ? undefined
            : service.client.send(new DeleteVectorsCommand({ ...at, keys: [...keys] }));
        await put([...staying, ...leaving]);

        const state = { listing: true };
        const over = async (keys: readonly string[], write: (part: readonly string[]) => unknown) => {
          for (let from = 0; state.listing && from < keys.length; from += batch) {
            await write(keys.slice(from, from + batch));
          }
        };
        const writers = [
          over(leaving, remove),
          over(coming, put),
          (async () => {
            // Keys that stay are replaced, and others come and go, for as long as anybody lists.
            while (state.listing) {
              await over(staying, put);
              await over(coming, remove);
              await over(coming, put);
            }
          })(),
        ];
        const segmentOf = async (segmentIndex: number): Promise<string[]> => {
          const found: string[] = [];
          const input = { ...at, segmentCount, segmentIndex };
          for await (const { vectors = [] } of paginateListVectors(
            { client: service.client, pageSize },
            input,
          )) {
            assert.ok(vectors.length <= pageSize);
            found.push(...vectors.map(({ key }) => key!));
          }
          return found;
        };
        const list = () => Promise.all(Array.from({ length: segmentCount }, (_, n) => segmentOf(n)));
        let during: string[][];
        try {
          during = await list();
        } finally {
          state.listing = false;
          await Promise.all(writers);
        }
        const all = during.flat();
        assert.equal(new Set(all).size, all.length, 'a key was listed twice');
        const listed = new Set(all);
        for (const key of staying)
          assert.ok(listed.has(key), `${JSON.stringify(key)} was there and not listed`);
        const known = new Set([...staying, ...leaving, ...coming]);
        for (const key of all) assert.ok(known.has(key), `${JSON.stringify(key)} was never put`);

        // A key belongs to one segment for ever: whoever lists segment by segment on another day sees the same split.
        const afterwards = await list();
        const place = new Map(afterwards.flatMap((keys, n) => keys.map((key) => [key, n] as const)));
        during.forEach((keys, n) => {
          for (const key of keys) assert.equal(place.get(key) ?? n, n);
        });
      },
    );
    await fc.assert(property, { seed: 16, numRuns: RUNS });
  });
});
