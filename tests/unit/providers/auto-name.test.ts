import assert from 'node:assert/strict';
import { autoName } from '../../../local/providers/plugin/auto-name';

const seed = new Uint8Array([1, 2, 3]);

describe('automatic names', () => {
  it('are the logical name and seven hex digits, the same for the same seed', () => {
    const request = { logicalName: 'Data', seed, engine: undefined };
    const name = autoName(request, { longest: 63 });
    assert.match(name ?? '', /^Data-[0-9a-f]{7}$/);
    assert.equal(autoName(request, { longest: 63 }), name);
    assert.notEqual(autoName({ ...request, seed: new Uint8Array([9]) }, { longest: 63 }), name);
  });

  it('differ each time without a seed', () => {
    const request = { logicalName: 'Data', seed: new Uint8Array(), engine: undefined };
    assert.notEqual(autoName(request, { longest: 63 }), autoName(request, { longest: 63 }));
  });

  it('keep to the service’s length, prefix and case', () => {
    const request = { logicalName: 'A'.repeat(100), seed, engine: undefined };
    assert.match(autoName(request, { longest: 20, lowerCase: true }) ?? '', /^a{12}-[0-9a-f]{7}$/);
    assert.match(
      autoName({ ...request, logicalName: 'k' }, { longest: 20, prefix: 'alias/' }) ?? '',
      /^alias\/k-/,
    );
  });

  it('follow the engine’s configuration', () => {
    const request = { logicalName: 'x', seed };
    assert.equal(
      autoName({ ...request, engine: { mode: 'propose', proposedName: 'as-told' } }, { longest: 63 }),
      'as-told',
    );
    assert.equal(
      autoName({ ...request, engine: { mode: 'disable', proposedName: '' } }, { longest: 63 }),
      undefined,
    );
  });
});
