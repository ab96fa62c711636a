import assert from 'node:assert/strict';
import fc from 'fast-check';
import { InvalidInputError } from '../../../contract/invalid-input';
import { COST_EXAMPLES } from '../../../runtime/cost/cost-examples';
import { estimateCost } from '../../../runtime/cost/estimate-cost';
import { EMBEDDING_PRICES, PRICE_LISTS, PRICE_SOURCES } from '../../../runtime/cost/price-list';
import { billedPutBytes } from '../../../runtime/cost/s3-vectors-cost';

const near = (actual: number, expected: number, within: number) => {
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not within ${within} of ${expected}`);
};
const GB = 2 ** 30;

describe('the examples of the older guides', () => {
  it('come out: 6 GB in Standard for about $0.14 a month', () => {
    const { rows, monthlyUsd } = estimateCost(COST_EXAMPLES['older-layout-standard'].input);
    near(rows[0]?.quantity ?? 0, 6, 0.2);
    assert.equal(monthlyUsd.toFixed(2), '0.14');
  });

  it('come out: the same in Glacier for about $0.02 a month, where embeddings are packed', () => {
    assert.equal(estimateCost(COST_EXAMPLES['older-layout-glacier'].input).monthlyUsd.toFixed(2), '0.02');
  });

  it('come out: a million texts of a hundred tokens on Titan V2 for $2', () => {
    const { onceUsd, monthlyUsd } = estimateCost(COST_EXAMPLES['titan-v2'].input);
    near(onceUsd, 2, 1e-9);
    assert.equal(monthlyUsd, 0);
  });

  it('come out: ten thousand episodes for far less than $50 a month', () => {
    const { monthlyUsd } = estimateCost(COST_EXAMPLES.episodes.input);
    assert.ok(monthlyUsd < 50);
    // 10,000 × 16,932 bytes stored, put again once, 100,000 queries over 12,836 bytes a vector.
    const storage = ((10_000 * 16_932) / GB) * 0.06;
    const put = ((10_000 * 16_932) / GB) * 0.2;
    const processed = ((10_000 * 12_836 * 100_000) / 2 ** 40) * 0.004;
    near(monthlyUsd, storage + put + 0.25 + processed, 1e-9);
  });

  it('say where a bill differs: embeddings one by one are dearer in Glacier than in Standard', () => {
    const archive = { embeddings: 1_000_000, dimension: 1_536, form: 'float32', archivedShare: 1 } as const;
    const { monthlyUsd, notes } = estimateCost({ archive });
    near(monthlyUsd, ((1e6 * 131_072) / GB) * 0.004, 1e-9);
    assert.ok(monthlyUsd > 3 * estimateCost({ archive: { ...archive, archivedShare: 0 } }).monthlyUsd);
    assert.match(notes.join('\n'), /21\.3 times.*128 KB.*dearer than Standard/);
  });
});

describe('the cost of S3 Vectors', () => {
  it('agrees with AWS’s own example: ten million vectors in forty indexes, a million queries', () => {
    // 5.17 KB searched a vector and 1 KB that no filter needs.
    const { rows, monthlyUsd } = estimateCost({
      s3Vectors: {
        vectors: 10_000_000,
        dimension: 1_024,
        keyBytes: 0.17 * 1_024,
        filterableMetadataBytes: 1_024,
        nonFilterableMetadataBytes: 1_024,
        indexes: 40,
        initialLoad: false,
        putsPerMonth: 10_000_000 / 6,
        queriesPerMonth: 1_000_000,
      },
    });
    const of = (item: RegExp) =>
      rows.filter((each) => item.test(each.item)).reduce((sum, { usd }) => sum + usd, 0);
    near(of(/storage/), 3.54, 0.02);
    near(of(/quer|processed/), 5.87, 0.01);
    near(monthlyUsd, 11.38, 0.03);
  });

  it('bills 128 KB for every put at least, and says what a larger batch would save', () => {
    const s3Vectors = { vectors: 1_100, dimension: 3_072, keyBytes: 32 };
    const one = estimateCost({ s3Vectors: { ...s3Vectors, vectorsPerPut: 1 } });
    near(one.onceUsd, ((1_100 * 131_072) / GB) * 0.2, 1e-9);
    assert.match(one.notes.join('\n'), /billed as 10\.6 times.*11 vectors in a request/);
    const many = estimateCost({ s3Vectors: { ...s3Vectors, vectorsPerPut: 500 } });
    near(many.onceUsd, ((1_100 * 12_320) / GB) * 0.2, 1e-9);
    assert.doesNotMatch(many.notes.join('\n'), /times/);
  });

  it('bills puts for no less than their bytes and no less than their requests', () => {
    const whole = (max: number) => fc.integer({ min: 1, max });
    fc.assert(
      fc.property(whole(5_000), whole(20_000), whole(500), (vectors, bytes, batch) => {
        const billed = billedPutBytes(vectors, bytes, batch, 131_072);
        const requests = Math.ceil(vectors / batch);
        assert.ok(billed >= vectors * bytes && billed >= requests * 131_072);
        assert.ok(billed <= vectors * bytes + requests * 131_072);
      }),
      { seed: 1 },
    );
    assert.equal(billedPutBytes(0, 10, 500, 131_072), 0);
  });

  it('prices what a query processes by tiers of the index, and what it returns beyond 512 KB', () => {
    const { rows } = estimateCost({
      s3Vectors: {
        vectors: 20_000_000,
        dimension: 256,
        keyBytes: 24,
        nonFilterableMetadataBytes: 1_000,
        queriesPerMonth: 1_000,
        topK: 1_000,
      },
    });
    const processed = rows.filter(({ item }) => item.startsWith('data processed'));
    const tb = (vectors: number) => (vectors * 1_048 * 1_000) / 2 ** 40;
    assert.deepEqual(
      processed.map(({ quantity, unitUsd, unit }) => [quantity, unitUsd, unit]),
      [
        [tb(100_000), 0.004, 'TB'],
        [tb(9_900_000), 0.002, 'TB'],
        [tb(10_000_000), 0.0004, 'TB'],
      ],
    );
    const returned = rows.find(({ item }) => item === 'data returned');
    near(returned?.quantity ?? 0, ((1_000 * 1_024 - 524_288) * 1_000) / GB, 1e-9);
    const small = estimateCost({
      s3Vectors: { vectors: 10, dimension: 2, queriesPerMonth: 5, topK: 10_000, requestsPerMonth: 2_000 },
    });
    assert.ok(!small.rows.some(({ item }) => item === 'data returned'));
    near(small.rows.find(({ item }) => item === 'other requests')?.usd ?? 0, 0.11, 1e-9);
  });
});

describe('the cost of the older layout', () => {
  const base = { embeddings: 1_000, dimension: 3_072, overwrittenPerMonth: 3_000 };
  const gbOf = (objects: number, bytes: number) => (objects * bytes) / GB;
  const bytes = 3_072 * 21.3;

  it('keeps old versions in Standard until they expire, because they are too small to move', () => {
    const { rows, notes } = estimateCost({ archive: base });
    const old = rows.find(({ item }) => item.startsWith('noncurrent'));
    assert.equal(old?.item, 'noncurrent versions in Standard');
    near(old.quantity, gbOf(3_000 * 6, bytes), 1e-9);
    assert.match(notes.join('\n'), /below the 128 KB/);
  });

  it('moves them where the rule says so or they are large enough: Standard first, then Glacier', () => {
    for (const [archive, archived] of [
      [{ ...base, lifecycle: { moveSmallObjects: true } }, 131_072],
      [{ ...base, otherBytes: 200_000 }, bytes + 200_000],
    ] as const) {
      const { rows } = estimateCost({ archive });
      const glacier = rows.find(({ item }) => /noncurrent.*Glacier/.test(item));
      near(glacier?.quantity ?? 0, gbOf(3_000 * 3, archived), 1e-9);
      assert.equal(glacier?.unitUsd, 0.004);
      assert.equal(rows.find(({ item }) => item === 'transitions')?.quantity, 3);
    }
  });

  it('bills a version ninety days in Glacier even where it is deleted sooner', () => {
    const { rows } = estimateCost({
      archive: {
        ...base,
        packed: true,
        lifecycle: { transitionAfterDays: 30, expireAfterDays: 60 },
      },
    });
    near(rows.find(({ item }) => /Glacier/.test(item))?.quantity ?? 0, gbOf(3_000 * 3, bytes), 1e-9);
  });
});

describe('an estimate', () => {
  it('adds up, and every row can stand in a table', () => {
    const estimate = estimateCost({
      s3Vectors: {
        vectors: 1e6,
        dimension: 1_024,
        putsPerMonth: 5,
        queriesPerMonth: 100,
        requestsPerMonth: 9,
      },
      embeddings: [
        { modelId: 'us.amazon.nova-2-multimodal-embeddings-v1:0', texts: 10, tokensPerText: 5 },
        {
          modelId: 'arn:aws:bedrock:us-east-1::foundation-model/cohere.embed-v4',
          texts: 10,
          tokensPerText: 5,
          period: 'month',
        },
      ],
      archive: { embeddings: 10, dimension: 8, readsPerMonth: 7, overwrittenPerMonth: 3, initialLoad: true },
    });
    for (const { usd, quantity, unitUsd, unit, item, service } of estimate.rows) {
      assert.ok(Number.isFinite(usd) && usd > 0, item);
      assert.equal(usd, quantity * unitUsd);
      assert.ok(unit !== '' && service !== '');
    }
    const sum = (period: string) =>
      estimate.rows.filter((each) => each.period === period).reduce((total, { usd }) => total + usd, 0);
    near(estimate.monthlyUsd, sum('month'), 1e-9);
    near(estimate.onceUsd, sum('once'), 1e-9);
    assert.equal(estimate.region, 'us-east-1');
    assert.match(estimate.priceList, /2026-09-28/);
    assert.match(estimate.notes.join('\n'), /check it before you rely on it/);
  });

  it('refuses a Region without prices, or says whose prices it took', () => {
    const embeddings = { modelId: 'amazon.titan-embed-text-v2:0', texts: 1, tokensPerText: 1 };
    assert.throws(
      () => estimateCost({ region: 'eu-central-1', embeddings }),
      /no price list for Region "eu-central-1".*us-east-1, us-west-2.*pricesOf/,
    );
    assert.throws(() => estimateCost({ region: 'a', pricesOf: 'b', embeddings }), /"b" \(`pricesOf`\)/);
    const { region, notes } = estimateCost({ region: 'eu-central-1', pricesOf: 'us-east-1', embeddings });
    assert.equal(region, 'eu-central-1');
    assert.match(notes[0] ?? '', /no price list for eu-central-1: these are the prices of us-east-1/);
  });

  it('refuses amounts that are none, all at once', () => {
    assert.throws(
      () =>
        estimateCost({
          s3Vectors: { vectors: -1, dimension: 5_000, vectorsPerPut: 501, topK: 0 },
          embeddings: { modelId: 'all-MiniLM-L6-v2', texts: Number.NaN, tokensPerText: 1 },
          archive: {
            embeddings: 1.5,
            dimension: 1,
            form: 'xml' as 'json',
            archivedShare: 2,
            lifecycle: { transitionAfterDays: 90, expireAfterDays: 90 },
          },
        }),
      (error: unknown) => {
        assert.ok(error instanceof InvalidInputError);
        assert.equal(error.problems.length, 10);
        assert.match(error.message, /vectors is -1; it must be a whole number of at least 0/);
        assert.match(error.message, /all-MiniLM-L6-v2.*usdPerMillionTokens/);
        return true;
      },
    );
    assert.throws(() => estimateCost({}), /nothing to estimate/);
    const own = { modelId: 'my-own', texts: 1e6, tokensPerText: 1, usdPerMillionTokens: 7 };
    near(estimateCost({ embeddings: own }).onceUsd, 7, 1e-9);
  });

  it('has a date and a source for every price', () => {
    for (const { date, text } of Object.values(PRICE_SOURCES)) {
      assert.match(date, /^\d{4}-\d\d-\d\d$/);
      assert.ok(text.length > 10);
    }
    assert.ok(Object.values(EMBEDDING_PRICES).every(({ usd }) => usd > 0));
    assert.ok(PRICE_LISTS.every(({ s3Vectors }) => s3Vectors.processed.at(-1)?.upTo === Infinity));
  });
});
