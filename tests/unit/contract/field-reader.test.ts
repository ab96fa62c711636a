import assert from 'node:assert/strict';
import { FieldReader } from '../../../contract/field-reader';
import { InvalidInputError } from '../../../contract/invalid-input';

function read(record: unknown): FieldReader {
  return new FieldReader('configuration', record);
}

describe('FieldReader', () => {
  it('reads each kind of field', () => {
    const reader = read({ a: 'x', b: 3, c: true, d: ['p'], e: { k: 'v' } });
    assert.deepEqual(
      reader.finish([
        reader.text('a'),
        reader.integer('b', { min: 1, max: 3 }),
        reader.optionalFlag('c'),
        reader.texts('d'),
        reader.optionalTextMap('e'),
      ]),
      ['x', 3, true, ['p'], { k: 'v' }],
    );
  });

  it('takes null as absent, because that is how an unset output is written', () => {
    const reader = read({ a: null });
    assert.equal(reader.finish(reader.optionalText('a')), undefined);
  });

  it('says missing or wrong about a field, never both', () => {
    const reader = read({ a: 5 });
    reader.text('a');
    reader.text('b');
    assert.throws(
      () => reader.finish(0),
      (error) =>
        error instanceof InvalidInputError &&
        JSON.stringify(error.problems) ===
          JSON.stringify(['field "a" must be a text that is not empty, not 5.', 'field "b" is missing.']),
    );
  });

  it('faults fields that nobody reads, so that a misspelt key does not silently do nothing', () => {
    const reader = read({ enviroment: 'dev' });
    reader.only(['environment', 'project']);
    assert.throws(() => reader.finish(0), /"enviroment" is not known; known are environment, project/);
  });

  it('does not take inherited members for fields', () => {
    const reader = read({});
    reader.text('constructor');
    assert.throws(() => reader.finish(0), /"constructor" is missing/);
  });

  it('shortens a long wrong value in its message', () => {
    const reader = read({ a: 'x'.repeat(500) });
    reader.text('a', { oneOf: ['y'] });
    assert.throws(
      () => reader.finish(0),
      (error) =>
        error instanceof InvalidInputError && error.message.length < 200 && error.message.includes('…'),
    );
  });
});
