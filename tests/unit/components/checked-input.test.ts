import assert from 'node:assert/strict';
import * as pulumi from '@pulumi/pulumi';
import { checked, isPlain } from '../../../components/checked-input';
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
});
