import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  archiveOf,
  asset,
  hasSecret,
  hasUnknown,
  isMap,
  isSecret,
  reveal,
  secret,
  unknown,
  withSecretsOf,
  type PropertyValue,
} from '../../../local/providers/plugin/property-value';
import { decodeValue, encodeValue, type Json } from '../../../local/providers/plugin/property-wire';

const { value: propertyValues } = fc.letrec<{ value: PropertyValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string(),
    fc.constant(unknown),
    fc.string().map((text) => asset({ text }, 'hash')),
    fc.string().map((text) => archiveOf({ assets: { 'a.txt': asset({ text }) } })),
    fc.array(tie('value')),
    fc.dictionary(fc.string({ minLength: 1 }), tie('value'), { noNullPrototype: true }),
    tie('value').map(secret),
  ),
}));

describe('property values on the wire', () => {
  it('come back as they were sent', () => {
    fc.assert(
      fc.property(propertyValues, (value) => assert.deepEqual(decodeValue(encodeValue(value)), value)),
    );
  });

  it('are unknown under each of the engine’s sentinels, one for every type', () => {
    for (const sentinel of [
      '04da6b54-80e4-46f7-96ec-b56ff0331ba9',
      '1c4a061d-8072-4f0a-a4cb-0ff528b18fe7',
      '3eeb2bf0-c639-47a8-9e75-3b44932eb421',
      '6a19a0b0-7e62-4c92-b797-7f8e31da9cc2',
      'dd056dcd-154b-4c76-9bd3-c8f88648b5ff',
    ]) {
      assert.equal(decodeValue(sentinel), unknown);
    }
  });

  const signed = (signature: string, members: Record<string, Json>): Json => ({
    '4dabf18193072939515e22adb298388d': signature,
    ...members,
  });

  it('read an output value as its value, as unknown when it has none, and as secret when it is', () => {
    const output = 'd0e6a833031e9bbcd3f4e8bde6ca49a4';
    assert.equal(decodeValue(signed(output, { value: 'x' })), 'x');
    assert.equal(decodeValue(signed(output, {})), unknown);
    assert.deepEqual(decodeValue(signed(output, { value: 'x', secret: true })), secret('x'));
  });

  it('read a resource reference as the resource’s id', () => {
    assert.equal(
      decodeValue(signed('5cf8f73096256a8f31e491e813e4eb8e', { urn: 'u', id: 'my-role' })),
      'my-role',
    );
  });

  it('name the place of a signature that nobody knows', () => {
    assert.throws(() => decodeValue({ rules: [signed('nonsense', {})] }), /property rules\[0\].*nonsense/);
    const empty = signed('c44067f5952c0a294b673a41bacd8c17', {});
    assert.throws(() => decodeValue({ file: empty }), /property file: an asset without text, path or uri/);
  });
});

describe('secrets', () => {
  it('are opened everywhere by reveal', () => {
    const value = { a: secret([1, secret('x')]), b: { c: secret(unknown) } };
    assert.deepEqual(reveal(value), { a: [1, 'x'], b: { c: unknown } });
    assert.ok(hasSecret(value) && hasUnknown(value) && !hasSecret(reveal(value)));
  });

  it('are put back where they were', () => {
    const like = { password: secret('old'), list: ['a', secret('b')], open: 'x' };
    assert.deepEqual(withSecretsOf({ password: 'new', list: ['c', 'd'], open: 'y', more: 1 }, like), {
      password: secret('new'),
      list: ['c', secret('d')],
      open: 'y',
      more: 1,
    });
  });

  it('hide the whole branch when it no longer has the shape that says where the secret is', () => {
    assert.deepEqual(withSecretsOf({ list: ['a'] }, { list: ['a', secret('b')] }), { list: secret(['a']) });
    assert.deepEqual(withSecretsOf({ v: 'text' }, { v: { inner: secret('b') } }), { v: secret('text') });
  });

  it('lose nothing: what reveal opens, withSecretsOf closes again', () => {
    const shown = (value: PropertyValue): unknown => {
      if (isSecret(value)) return 'hidden';
      if (Array.isArray(value)) return value.map(shown);
      if (!isMap(value)) return value;
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shown(inner)]));
    };
    fc.assert(
      fc.property(propertyValues, (value) => {
        const closed = withSecretsOf(reveal(value), value);
        assert.deepEqual(shown(closed), shown(value));
        assert.deepEqual(reveal(closed), reveal(value));
      }),
    );
  });
});
