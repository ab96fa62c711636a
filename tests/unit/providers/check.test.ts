import assert from 'node:assert/strict';
import { checkInputs, type Failure } from '../../../local/providers/plugin/check';
import { archiveOf, secret, unknown, type PropertyMap } from '../../../local/providers/plugin/property-value';
import {
  archive,
  boolean,
  document,
  list,
  map,
  number,
  object,
  refused,
  string,
} from '../../../local/providers/plugin/shape';

const shape = object({
  name: string({ required: true }),
  size: number({ range: [1, 10] }),
  on: boolean({ default: true }),
  mode: string({ oneOf: ['a', 'b'] }),
  rules: list(object({ id: string({ required: true }), days: number() })),
  tags: map(string()),
  policy: document(),
  text: document({ text: true }),
  code: archive(),
  legacy: refused('name'),
});

function check(news: PropertyMap): { inputs: PropertyMap; failures: Failure[] } {
  const failures: Failure[] = [];
  return { inputs: checkInputs(shape, news, failures), failures };
}

describe('checking inputs', () => {
  it('takes what fits, fills in defaults and notes which', () => {
    const code = archiveOf({ path: '.' });
    assert.deepEqual(check({ name: 'x', size: 3, rules: [{ id: 'r' }], tags: { 'a b': 'c' }, code }), {
      inputs: {
        name: 'x',
        size: 3,
        on: true,
        rules: [{ id: 'r' }],
        tags: { 'a b': 'c' },
        code,
        __defaults: ['on'],
      },
      failures: [],
    });
  });

  it('finds every problem in one pass, each with its path', () => {
    const { failures } = check({
      size: '3',
      on: 'yes',
      mode: 'c',
      rules: [{ id: 'r', dayz: 1 }, { days: true }, 'x'],
      tags: { 'a b': 1, fine: 'x' },
      policy: 'not json',
      text: { Version: 'x' },
      code: 'text',
      legacy: 'x',
      extra: 1,
    });
    assert.deepEqual(failures.map(({ property, reason }) => `${property}: ${reason}`).sort(), [
      'code: must be an archive, not "text"',
      'extra: unknown property; the resource takes code, mode, name, on, policy, rules, size, tags, text',
      'legacy: not implemented by the local stand-in; use name',
      'mode: must be one of a, b, not "c"',
      'name: missing required property',
      'on: must be true or false, not "yes"',
      'policy: must be a JSON document, not "not json"',
      'rules[0].dayz: unknown property; rules[0] takes days, id',
      'rules[1].days: must be a number, not true',
      'rules[1].id: missing required property',
      'rules[2]: must be an object, not "x"',
      'size: must be a number, not "3"',
      'tags["a b"]: must be a string, not 1',
      'text: must be a string with a JSON document, not an object',
    ]);
  });

  it('holds a number to its range', () => {
    assert.deepEqual(check({ name: 'x', size: 11 }).failures, [
      { property: 'size', reason: 'must be between 1 and 10, not 11' },
    ]);
  });

  it('takes null for absence', () => {
    assert.deepEqual(check({ name: 'x', size: null, tags: { a: null } }).inputs, {
      name: 'x',
      on: true,
      tags: {},
      __defaults: ['on'],
    });
    assert.equal(check({ name: null }).failures.length, 1);
  });

  it('lets unknowns pass and looks into secrets without opening them', () => {
    assert.deepEqual(check({ name: unknown, tags: unknown, rules: [{ id: unknown }] }).failures, []);
    assert.deepEqual(check({ name: secret('x') }).inputs['name'], secret('x'));
    assert.deepEqual(check({ name: secret(3) }).failures, [
      { property: 'name', reason: 'must be a string, not 3' },
    ]);
  });

  it('turns an object document into text with sorted keys, as the real bridge does', () => {
    const { inputs } = check({ name: 'x', policy: { Version: '1', Statement: [{ B: 1, A: true }] } });
    assert.equal(inputs['policy'], '{"Statement":[{"A":true,"B":1}],"Version":"1"}');
  });

  it('makes a document with one unknown wholly unknown, and one with a secret wholly secret', () => {
    assert.equal(check({ name: 'x', policy: { Resource: [unknown] } }).inputs['policy'], unknown);
    assert.deepEqual(
      check({ name: 'x', policy: { Resource: secret('r') } }).inputs['policy'],
      secret('{"Resource":"r"}'),
    );
  });
});
