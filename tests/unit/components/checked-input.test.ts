import assert from 'node:assert/strict';
import * as pulumi from '@pulumi/pulumi';
import { InputCheck, checked, isPlain, plainWhereKnown } from '../../../components/checked-input';
import { refuse } from '../../../contract/invalid-input';
import { record, valueOf } from './recorded-program';

const positive = ({ size }: { size: number }): number => {
  refuse('size', size > 0 ? [] : [`${size} must be positive.`]);
  return size * 2;
};

describe('checked inputs', () => {
  it('throws at once for plain values', () => {
    assert.throws(() => checked({ size: 0 }, positive), /0 must be positive/);
  });

  it('rejects inside apply for outputs and promises', async () => {
    await record(async () => {
      for (const size of [pulumi.output(0), Promise.resolve(0)]) {
        await assert.rejects(valueOf(checked({ size }, positive)), /0 must be positive/);
      }
    });
  });

  it('gives the result of the rule either way', async () => {
    await record(async () => {
      assert.equal(await valueOf(checked({ size: 2 }, positive)), 4);
      assert.equal(await valueOf(checked({ size: pulumi.output(2) }, positive)), 4);
    });
  });

  it('sees outputs anywhere inside', () => {
    assert.equal(isPlain({ a: [1, { b: 'c' }] }), true);
    assert.equal(isPlain({ a: [pulumi.output(1)] }), false);
    assert.equal(isPlain({ a: { b: Promise.resolve(1) } }), false);
  });

  it('are given back plain where they were made of plain values, and only there', async () => {
    await record(async () => {
      assert.equal(plainWhereKnown(checked({ size: 2 }, positive)), 4);
      const late = checked({ size: pulumi.output(2) }, positive);
      assert.equal(plainWhereKnown(late), late);
      assert.equal(plainWhereKnown(3), 3);
      await valueOf(late);
    });
  });
});

describe('a check of inputs', () => {
  const problemsOf = ({ size, count }: { size?: number; count?: number }): string[] => [
    ...(size === undefined || size > 0 ? [] : [`size ${size}.`]),
    ...(count === undefined || count > 0 ? [] : [`count ${count}.`]),
  ];
  const product = ({ size, count }: { size: number; count: number }) => size * count;

  it('gathers every fault of what is plain, beside outputs too, and throws once', async () => {
    await record(() => {
      const check = new InputCheck('Thing "a"');
      check.input({ size: 0, count: pulumi.output(0) }, problemsOf, product);
      check.input({ size: 1, count: -1 }, problemsOf, product);
      check.add(['and this.']);
      assert.throws(
        () => check.refuse(),
        /Thing "a": 3 problems\n {2}- size 0.\n {2}- count -1.\n {2}- and this./,
      );
    });
  });

  it('judges everything once outputs are resolved', async () => {
    await record(async () => {
      const check = new InputCheck('Thing "a"');
      const late = check.input({ size: 2, count: pulumi.output(0) }, problemsOf, product);
      const right = check.input({ size: 2, count: pulumi.output(3) }, problemsOf, product);
      check.refuse();
      await assert.rejects(valueOf(late), /Thing "a": count 0/);
      assert.equal(await valueOf(right), 6);
    });
  });
});
