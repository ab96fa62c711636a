import assert from 'node:assert/strict';
import fc from 'fast-check';
import { sameDocument, stableJson } from '../../../local/providers/plugin/canonical';
import { diffInputs } from '../../../local/providers/plugin/diff';
import { archiveOf, unknown, type PlainMap } from '../../../local/providers/plugin/property-value';
import type { Json } from '../../../local/providers/plugin/property-wire';
import {
  archive,
  boolean,
  document,
  list,
  map,
  number,
  object,
  string,
} from '../../../local/providers/plugin/shape';

const shape = object({
  name: string({ replaces: true }),
  chosen: string({ computed: true }),
  on: boolean({ default: false }),
  size: number(),
  tags: map(string()),
  rules: list(object({ id: string(), days: number() })),
  keys: list(string(), { unordered: true }),
  policy: document(),
  code: archive(),
  nested: object({ inner: string() }, { replaces: true }),
});

const diff = (state: PlainMap, news: PlainMap, ignore: string[] = []): Record<string, string> =>
  Object.fromEntries(
    [...diffInputs(shape, state, news, ignore)].map(([path, { kind, replaces }]) => [
      path,
      replaces ? `${kind}, replaces` : kind,
    ]),
  );

describe('the difference between state and inputs', () => {
  it('is nothing for equal values, whatever the state has besides', () => {
    const state = { name: 'n', chosen: 'by the service', tags: { a: 'b' }, arn: 'x', on: false };
    assert.deepEqual(diff(state, { name: 'n', tags: { a: 'b' } }), {});
  });

  it('is found at the leaf, with its kind', () => {
    const state = { size: 1, tags: { a: 'b', gone: 'x' }, rules: [{ id: 'r', days: 3 }], on: true };
    const news: PlainMap = {
      tags: { a: 'c', 'a b': 'y' },
      rules: [{ id: 'r', days: 4 }, { id: 's' }],
      keys: ['k'],
    };
    assert.deepEqual(diff(state, news), {
      size: 'delete',
      'tags.a': 'update',
      'tags.gone': 'delete',
      'tags["a b"]': 'add',
      'rules[0].days': 'update',
      'rules[1]': 'add',
      keys: 'add',
      on: 'update',
    });
  });

  it('replaces only where the shape says so, also for what lies inside', () => {
    const state = { name: 'n', nested: { inner: 'x' }, size: 1 };
    assert.deepEqual(diff(state, { name: 'm', nested: { inner: 'y' }, size: 2 }), {
      name: 'update, replaces',
      'nested.inner': 'update, replaces',
      size: 'update',
    });
  });

  it('takes an empty value for none, but not in a map', () => {
    assert.deepEqual(diff({ size: 0, tags: {}, chosen: '' }, { rules: [], nested: {} }), {});
    assert.deepEqual(diff({ tags: { a: '' } }, { tags: {} }), { 'tags.a': 'delete' });
    assert.deepEqual(diff({ tags: { a: '', b: 'x' } }, { tags: { b: 'x' } }), { 'tags.a': 'delete' });
  });

  it('includes every unknown', () => {
    assert.deepEqual(diff({ name: 'n' }, { name: unknown, policy: unknown }), {
      name: 'update, replaces',
      policy: 'add',
    });
  });

  it('leaves out what is to be ignored, with everything below it', () => {
    const state = { size: 1, tags: { a: '1', b: '2' }, rules: [{ id: 'x' }] };
    const news = { size: 2, tags: { a: '3', b: '4' }, rules: [{ id: 'y' }] };
    assert.deepEqual(diff(state, news, ['tags["a"]', 'rules[*].id']), { size: 'update', 'tags.b': 'update' });
    assert.deepEqual(diff(state, news, ['tags', 'rules', 'size']), {});
  });

  it('does not see the order of unordered lists', () => {
    assert.deepEqual(diff({ keys: ['a', 'b', 'a'] }, { keys: ['b', 'a', 'a'] }), {});
    assert.deepEqual(diff({ keys: ['a', 'b', 'b'] }, { keys: ['b', 'a', 'a'] }), { keys: 'update' });
  });

  it('compares archives by the engine’s hash, and without hashes assumes a change', () => {
    const files = { assets: {} };
    assert.deepEqual(diff({ code: archiveOf(files, 'h') }, { code: archiveOf({ path: 'x' }, 'h') }), {});
    assert.deepEqual(diff({ code: archiveOf(files, 'h') }, { code: archiveOf(files, 'i') }), {
      code: 'update',
    });
    assert.deepEqual(diff({ code: archiveOf(files) }, { code: archiveOf(files) }), { code: 'update' });
  });
});

describe('two policy documents', () => {
  it('are the same whatever the order of keys, actions and statements, and for a list of one', () => {
    const one = {
      Version: '2012-10-17',
      Statement: [
        { Sid: 'A', Effect: 'Allow', Action: ['s3:Get*', 's3:List*'], Resource: '*' },
        { Sid: 'B', Effect: 'Deny', Action: 's3:*', Resource: ['x'], Condition: { Bool: { k: true } } },
      ],
    };
    const other = {
      Statement: [
        { Condition: { Bool: { k: 'true' } }, Sid: 'B', Effect: 'Deny', Resource: 'x', Action: ['s3:*'] },
        { Sid: 'A', Effect: 'Allow', Resource: ['*'], Action: ['s3:List*', 's3:Get*'] },
      ],
      Version: '2012-10-17',
    };
    assert.ok(sameDocument(JSON.stringify(one), JSON.stringify(other)));
  });

  it('differ in any word', () => {
    const of = (action: string) => JSON.stringify({ Statement: { Action: action } });
    assert.ok(!sameDocument(of('s3:Get*'), of('s3:get*')));
    assert.ok(!sameDocument(of('s3:Get*'), '{"Statement":{"NotAction":"s3:Get*"}}'));
  });

  it('are compared as texts when they are not JSON', () => {
    assert.ok(sameDocument('nonsense', 'nonsense'));
    assert.ok(!sameDocument('nonsense', '{}'));
  });

  it('are the same as themselves, written in any order', () => {
    const shuffled = (value: Json): Json => {
      if (Array.isArray(value)) return [...value].reverse().map(shuffled);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([name, inner]) => [name, shuffled(inner)]),
      );
    };
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const value = JSON.parse(JSON.stringify(json)) as Json;
        assert.ok(sameDocument(JSON.stringify(value), JSON.stringify(shuffled(value))));
        assert.deepEqual(JSON.parse(stableJson(value)), value);
      }),
    );
  });
});
