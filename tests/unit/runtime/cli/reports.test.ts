import assert from 'node:assert/strict';
import { Command, InvalidArgumentError } from 'commander';
import { COST_EXAMPLES } from '../../../../runtime/cost/cost-examples';
import { estimateCost } from '../../../../runtime/cost/estimate-cost';
import { healthReport } from '../../../../runtime/health/health-report';
import { costText } from '../../../../runtime/cli/commands/cost';
import { healthText } from '../../../../runtime/cli/commands/health';
import { costEstimate, costInput } from '../../../../runtime/cli/cost-input';
import { CommandFailure } from '../../../../runtime/cli/exit-codes';
import { jsonOption, objectOption, vectorOption } from '../../../../runtime/cli/json-option';
import { amount, wholeNumber } from '../../../../runtime/cli/numbers';
import { httpUrl, regionName } from '../../../../runtime/cli/place-options';
import { withTargetsOptions } from '../../../../runtime/cli/target';
import { usdText } from '../../../../runtime/cli/usd-text';

const PLAIN = { width: 80, heading: (text: string) => text };

describe('options', () => {
  it('are whole numbers in their range, thousands grouped or not', () => {
    const parse = wholeNumber(1, 10_000);
    assert.deepEqual(['1', '10000', '10,000', '1_000'].map(parse), [1, 10_000, 10_000, 1_000]);
    for (const bad of ['0', '10001', '1.5', '-1', '1e3', '1,00', '', ' 1', 'x']) {
      assert.throws(() => parse(bad), InvalidArgumentError, bad);
    }
    assert.equal(amount('0.02'), 0.02);
    for (const bad of ['-1', 'Infinity', '1e3', '', '.'])
      assert.throws(() => amount(bad), InvalidArgumentError);
  });

  it('are JSON: what is wrong with it is told with the option’s name and an example that fits', () => {
    assert.deepEqual(objectOption('--filter', '{"a":1}'), { a: 1 });
    assert.deepEqual(vectorOption('--vector', '{"embedding":[1,2]}'), [1, 2]);
    assert.throws(
      () => jsonOption('--filter', '{a:1}'),
      /--filter is no JSON .* --filter '\{"genre":"drama"\}'/,
    );
    assert.throws(() => vectorOption('--vector', '[1,'), /--vector is no JSON .* --vector '\[0\.1, 0\.2\]'/);
    assert.throws(() => objectOption('--filter', '[1]'), /--filter must be a JSON object/);
    assert.throws(() => vectorOption('--vector', '["1"]'), /--vector must be a JSON list of numbers/);
    assert.throws(
      () => jsonOption('--filter', '@/nowhere/at/all'),
      /@\/nowhere\/at\/all cannot be read \(ENOENT/,
    );
  });

  it('are addresses and Regions', () => {
    assert.equal(httpUrl('http://127.0.0.1:1'), 'http://127.0.0.1:1');
    assert.equal(regionName('us-gov-west-1'), 'us-gov-west-1');
    for (const bad of ['127.0.0.1:1', 'file:///x', ''])
      assert.throws(() => httpUrl(bad), InvalidArgumentError);
    for (const bad of ['x y', 'us-east', 'US-EAST-1'])
      assert.throws(() => regionName(bad), InvalidArgumentError);
  });

  it('name several indexes where they are given again', () => {
    const command = withTargetsOptions(new Command());
    command.parse(['--index', 'a', '--index', 'b'], { from: 'user' });
    assert.deepEqual(command.opts()['index'], ['a', 'b']);
  });
});

describe('the report of a health check', () => {
  it('groups findings by what they are about, with their fix, within the width', () => {
    const long = 'The index does not fit: dimension is 8 and not 3072; metric is euclidean and not cosine.';
    const text = healthText(
      PLAIN,
      healthReport(
        [
          { subject: 'clock', check: 'clock', severity: 'ok', message: 'It agrees.' },
          { subject: 'index "i"', check: 'shape', severity: 'error', message: long, fix: 'Use another.' },
        ],
        new Date(0),
        1,
      ),
    );
    assert.equal(
      text,
      [
        'clock',
        'SEVERITY  CHECK  FINDING',
        'ok        clock  It agrees.',
        '',
        'index "i"',
        'SEVERITY  CHECK  FINDING',
        'error     shape  The index does not fit: dimension is 8 and not 3072; metric is',
        '                 euclidean and not cosine.',
        '                 Fix: Use another.',
        '',
        'Not healthy: 1 error, 1 ok.',
      ].join('\n'),
    );
  });
});

describe('the report of an estimate', () => {
  it('shows every example within the width, with totals and where prices are from', () => {
    for (const { input } of Object.values(COST_EXAMPLES)) {
      const text = costText(PLAIN, estimateCost(input));
      assert.ok(
        text.split('\n').every((line) => line.length <= 80),
        text,
      );
      assert.match(text, /\$[\d.,]+ a month/);
      assert.match(text, /^- Prices of 20\d\d-/m);
    }
    assert.match(
      costText(PLAIN, estimateCost(COST_EXAMPLES['titan-v2'].input)),
      /\$0 a month, \$2\.00 once\./,
    );
  });

  it('says amounts below a cent too', () => {
    assert.deepEqual([0, 1e-9, 0.004_2, 0.34, 1_234.5].map(usdText), [
      '0',
      '<0.000001',
      '0.0042',
      '0.34',
      '1,234.50',
    ]);
  });

  it('is made of the options, and of the counted index where they are silent', () => {
    const counted = { vectors: 7, dimension: 8, keyBytes: 3, metadataBytes: 20, nonFilterableBytes: 100 };
    const { s3Vectors, archive, embeddings } = costInput(
      { load: false, vectors: 9, queries: 5, olderLayout: 'json', model: 'm', tokens: 2 },
      counted,
    );
    assert.equal(s3Vectors?.vectors, 9);
    assert.equal(s3Vectors.dimension, 8);
    assert.equal(s3Vectors.nonFilterableMetadataBytes, 100);
    assert.equal(s3Vectors.initialLoad, false);
    assert.deepEqual([archive?.embeddings, archive?.otherBytes], [9, 120]);
    assert.deepEqual(embeddings, {
      modelId: 'm',
      texts: 9,
      tokensPerText: 2,
      usdPerMillionTokens: undefined,
    });
  });

  it('names all options that are missing, and speaks of options where the library has other names', () => {
    assert.throws(
      () => costInput({ load: true, model: 'm' }),
      (error: unknown) => {
        assert.ok(error instanceof CommandFailure);
        assert.match(
          error.message,
          /--vectors is missing.*\n--dimension is missing.*\n--model needs --tokens/,
        );
        return true;
      },
    );
    const base = { load: true, vectors: 1, dimension: 1 };
    assert.throws(() => costEstimate(costInput({ ...base, region: 'eu-west-1' })), /with --prices-of/);
    assert.throws(
      () => costEstimate(costInput({ ...base, model: 'm', tokens: 1 })),
      /--model "m".*give --token-price/,
    );
  });
});
