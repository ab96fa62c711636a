import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compareVersions, isAtLeast, parseVersion } from '../../../../local/toolchain/versions';

describe('Versions', () => {
  for (const [text, expected] of [
    ['v3.259.0', [3, 259, 0, undefined]],
    ['go version go1.26.8 linux/amd64', [1, 26, 8, undefined]],
    ['go1.26rc1', [1, 26, 0, 'rc1']],
    ['Python 3.11.7', [3, 11, 7, undefined]],
    ['3.13.0rc1', [3, 13, 0, 'rc1']],
    ['v3.250.0-alpha.1', [3, 250, 0, 'alpha.1']],
    ['3.10', [3, 10, 0, undefined]],
  ] as const) {
    it(`are read from ${text}`, () => {
      const version = parseVersion(text);
      assert.deepEqual([version?.major, version?.minor, version?.patch, version?.prerelease], expected);
    });
  }

  it('are not found where there are none', () => {
    assert.equal(parseVersion('command not found'), undefined);
    assert.equal(isAtLeast('nonsense', '1.0.0'), false);
  });

  it('compare by number and not by letter, a prerelease before its release', () => {
    assert.equal(isAtLeast('3.100.0', '3.29.0'), true);
    assert.equal(isAtLeast('3.229.0-alpha', '3.229.0'), false);
    assert.equal(isAtLeast('3.229.0', '3.229.0'), true);
  });

  it('are ordered the same way from both sides', () => {
    const version = fc.record({
      major: fc.nat(9),
      minor: fc.nat(300),
      patch: fc.nat(9),
      prerelease: fc.constantFrom(undefined, 'rc1'),
    });
    fc.assert(
      fc.property(version, version, (a, b) => {
        assert.equal(Math.sign(compareVersions(a, b)), -Math.sign(compareVersions(b, a)) || 0);
      }),
    );
  });
});
