import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { applyPatch, PatchError } from '../../../local/s3vectors/cloud-control/json-patch';

// The examples of RFC 6902, appendix A, as far as they concern what a patch does.
const examples: [name: string, document: unknown, patch: unknown, result: unknown][] = [
  [
    'A.1 adding an object member',
    { foo: 'bar' },
    [{ op: 'add', path: '/baz', value: 'qux' }],
    { foo: 'bar', baz: 'qux' },
  ],
  [
    'A.2 adding an array element',
    { foo: ['bar', 'baz'] },
    [{ op: 'add', path: '/foo/1', value: 'qux' }],
    { foo: ['bar', 'qux', 'baz'] },
  ],
  [
    'A.3 removing an object member',
    { baz: 'qux', foo: 'bar' },
    [{ op: 'remove', path: '/baz' }],
    { foo: 'bar' },
  ],
  [
    'A.4 removing an array element',
    { foo: ['bar', 'qux', 'baz'] },
    [{ op: 'remove', path: '/foo/1' }],
    { foo: ['bar', 'baz'] },
  ],
  [
    'A.5 replacing a value',
    { baz: 'qux', foo: 'bar' },
    [{ op: 'replace', path: '/baz', value: 'boo' }],
    { baz: 'boo', foo: 'bar' },
  ],
  [
    'A.6 moving a value',
    { foo: { bar: 'baz', waldo: 'fred' }, qux: { corge: 'grault' } },
    [{ op: 'move', from: '/foo/waldo', path: '/qux/thud' }],
    { foo: { bar: 'baz' }, qux: { corge: 'grault', thud: 'fred' } },
  ],
  [
    'A.7 moving an array element',
    { foo: ['all', 'grass', 'cows', 'eat'] },
    [{ op: 'move', from: '/foo/1', path: '/foo/3' }],
    { foo: ['all', 'cows', 'eat', 'grass'] },
  ],
  [
    'A.8 testing a value',
    { baz: 'qux', foo: ['a', 2, 'c'] },
    [
      { op: 'test', path: '/baz', value: 'qux' },
      { op: 'test', path: '/foo/1', value: 2 },
    ],
    { baz: 'qux', foo: ['a', 2, 'c'] },
  ],
  [
    'A.10 adding a nested member object',
    { foo: 'bar' },
    [{ op: 'add', path: '/child', value: { grandchild: {} } }],
    { foo: 'bar', child: { grandchild: {} } },
  ],
  [
    'A.14 escape ordering',
    { '/': 9, '~1': 10 },
    [{ op: 'test', path: '/~01', value: 10 }],
    { '/': 9, '~1': 10 },
  ],
  [
    'A.16 adding an array value',
    { foo: ['bar'] },
    [{ op: 'add', path: '/foo/-', value: ['abc', 'def'] }],
    { foo: ['bar', ['abc', 'def']] },
  ],
  ['copying', { a: { b: 1 } }, [{ op: 'copy', from: '/a', path: '/c' }], { a: { b: 1 }, c: { b: 1 } }],
  ['replacing the whole', { a: 1 }, [{ op: 'replace', path: '', value: { b: 2 } }], { b: 2 }],
  [
    'changing an element',
    { a: [{ k: 1 }, { k: 2 }] },
    [{ op: 'replace', path: '/a/1/k', value: 3 }],
    { a: [{ k: 1 }, { k: 3 }] },
  ],
  ['nothing', { a: 1 }, [], { a: 1 }],
];
const wrong: [name: string, patch: unknown][] = [
  ['A.9 a test that fails', [{ op: 'test', path: '/foo', value: 'qux' }]],
  ['A.12 adding to a nonexistent target', [{ op: 'add', path: '/baz/bat', value: 'qux' }]],
  ['removing what is not there', [{ op: 'remove', path: '/baz' }]],
  ['replacing what is not there', [{ op: 'replace', path: '/baz', value: 1 }]],
  ['adding beyond the end of a list', [{ op: 'add', path: '/list/9', value: 1 }]],
  ['a place in a list that is no number', [{ op: 'add', path: '/list/x', value: 1 }]],
  ['an operation without a value', [{ op: 'add', path: '/x' }]],
  ['an unknown operation', [{ op: 'merge', path: '/x', value: 1 }]],
  ['no pointer', [{ op: 'remove', path: 'foo' }]],
  ['no list', { op: 'remove', path: '/foo' }],
  ['removing the length of a list', [{ op: 'remove', path: '/list/length' }]],
  ['replacing the length of a list', [{ op: 'replace', path: '/list/length', value: 0 }]],
  ['testing the length of a list', [{ op: 'test', path: '/list/length', value: 1 }]],
  ['copying the length of a list', [{ op: 'copy', from: '/list/length', path: '/x' }]],
  ['removing an element by a number with zeros', [{ op: 'remove', path: '/list/00' }]],
  ['removing what is behind the last element', [{ op: 'remove', path: '/list/-' }]],
  ['reaching for what every object inherits', [{ op: 'remove', path: '/toString' }]],
];

describe('a JSON patch', () => {
  for (const [name, document, patch, result] of examples) {
    it(`does what RFC 6902 says: ${name}`, () => {
      const before = structuredClone(document);
      assert.deepEqual(applyPatch(document, patch), result);
      assert.deepEqual(document, before, 'the document itself must not change');
    });
  }
  for (const [name, patch] of wrong) {
    it(`is refused: ${name}`, () => {
      assert.throws(() => applyPatch({ foo: 'bar', list: [1] }, patch), PatchError);
    });
  }
});
