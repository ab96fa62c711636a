import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { OptionError } from '../../../../local/s3vectors/option-error';
import {
  FAULT_KINDS,
  planFaults,
  type Fault,
  type FaultOptions,
} from '../../../../local/s3vectors/practice/fault-plan';

function faultsOf(settings: string | FaultOptions, count: number, operation = 'PutVectors') {
  const plan = planFaults(settings);
  return Array.from({ length: count }, () => plan.next(operation));
}

const everyKind = Object.fromEntries(FAULT_KINDS.map((kind) => [kind, 0.1])) as FaultOptions;

describe('a plan of faults', () => {
  it('is the same for the same seed, from text or object, and another for another seed', () => {
    const text = 'reset=0.2,429=0.1,done=0.3,seed=42';
    const object = { reset: 0.2, '429': 0.1, done: 0.3, seed: 42 };
    assert.deepEqual(faultsOf(text, 500), faultsOf(object, 500));
    assert.notDeepEqual(faultsOf(text, 500), faultsOf({ ...object, seed: 43 }, 500));
  });

  it('has every kind in about its share', () => {
    const faults = faultsOf(everyKind, 10_000);
    for (const kind of FAULT_KINDS) {
      const found = faults.filter((fault) => fault?.kind === kind).length;
      assert.ok(found > 850 && found < 1150, `${kind}: ${found}`);
    }
    assert.ok(faults.filter((fault) => fault === undefined).length > 2_800);
  });

  it('strikes before and after the request is done where a client cannot know, and else as the service does', () => {
    const seen = new Set(
      faultsOf(everyKind, 10_000)
        .filter((fault): fault is Fault => fault !== undefined)
        .map(({ kind, strikes }) => `${kind} ${strikes}`),
    );
    assert.deepEqual([...seen].sort(), [
      '408 after',
      '408 before',
      '429 before',
      '500 after',
      '500 before',
      '503 before',
      'reset after',
      'reset before',
      'reset within',
      'slow after',
      'truncate within',
    ]);
  });

  it('can be all done, or all undone', () => {
    for (const [done, strikes] of [
      [0, 'before'],
      [1, 'after'],
    ] as const) {
      const faults = faultsOf({ '500': 1, done }, 100);
      assert.ok(faults.every((fault) => fault?.strikes === strikes));
    }
  });

  it('leaves other operations alone, without a step of its sequence', () => {
    const plan = planFaults('503=0.5,operations=PutVectors+DeleteVectors');
    const mixed = Array.from({ length: 100 }, () => {
      assert.equal(plan.next('GetVectors'), undefined);
      return plan.next('DeleteVectors');
    });
    assert.deepEqual(mixed, faultsOf('503=0.5', 100));
  });

  it('is refused with every problem at once', () => {
    assert.throws(
      () => planFaults('429=1.5,500=x,oops=1,slow,slow-ms=-1,seed=1.5,operations=PutVectors+Nope,seed=2'),
      (error: unknown) => {
        assert.ok(error instanceof OptionError);
        for (const part of [
          '--faults',
          '429: "1.5"',
          '500: "x"',
          'oops',
          '"slow" is no name=value',
          'slow-ms: "-1"',
          'seed: given twice',
          'seed: no whole number',
          '"Nope" is no operation',
        ]) {
          assert.ok(error.message.includes(part), `${part} in ${error.message}`);
        }
        return true;
      },
    );
    assert.throws(() => planFaults({ '429': 0.6, '500': 0.6 }), /add up to 1\.2/);
    assert.throws(() => planFaults({ '429': Number.NaN }), OptionError);
    assert.doesNotThrow(() => planFaults('429=0.1,500=0.2,503=0.3,408=0.1,reset=0.1,truncate=0.1,slow=0.1'));
  });

  it('is empty without shares', () => {
    assert.ok(faultsOf('', 100).every((fault) => fault === undefined));
  });
});
