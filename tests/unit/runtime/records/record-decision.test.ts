import assert from 'node:assert/strict';
import { flatMetadata } from '../../../../runtime/records/flat-metadata';
import { decide, sameModel } from '../../../../runtime/records/record-decision';
import type { DecisionRules } from '../../../../runtime/records/record-decision';
import type { SourceRecord } from '../../../../runtime/records/source-record';
import { shapeOf } from '../surroundings/local-index';

const MODEL = 'amazon.titan-embed-text-v2:0';
const rules = (changed: Partial<DecisionRules> = {}): DecisionRules => ({
  shape: shapeOf(2, ['text']),
  model: MODEL,
  trustVectors: false,
  embeds: false,
  textKey: 'text',
  flattenMetadata: false,
  ...changed,
});
const record = (changed: Partial<SourceRecord> = {}): SourceRecord => ({
  key: 'a',
  vector: [1, 2],
  text: undefined,
  metadata: undefined,
  model: MODEL,
  leftOut: [],
  ...changed,
});
const kindOf = (changed: Partial<SourceRecord>, under: Partial<DecisionRules> = {}) => {
  const decision = decide(record(changed), rules(under));
  return decision.kind === 'fail' ? decision.code : decision.kind;
};

describe('what becomes of a record in a migration', () => {
  it('its vector is kept where model and dimension fit', () => {
    const decision = decide(record({ metadata: { year: 1 }, leftOut: ['score'] }), rules());
    assert.deepEqual(decision, {
      kind: 'keep',
      vector: [1, 2],
      metadata: { year: 1 },
      remarks: { textCut: false, changed: [], leftOut: ['score'] },
    });
  });

  it('an unknown model is trusted only when somebody says so, and the refusal explains that', () => {
    assert.equal(kindOf({ model: undefined }), 'UNKNOWN_MODEL');
    assert.equal(kindOf({ model: undefined }, { trustVectors: true }), 'keep');
    assert.equal(kindOf({ model: undefined, text: 'x' }, { embeds: true }), 'embed');
    const decision = decide(record({ model: undefined }), rules());
    assert.match(decision.kind === 'fail' ? decision.reason : '', /does not say which model.*to be trusted/);
  });

  it('trust is about what nobody says: a vector that is said to be of another model is never kept', () => {
    assert.equal(kindOf({ model: 'cohere.embed-v4:0' }, { trustVectors: true }), 'OTHER_MODEL');
    assert.equal(kindOf({ model: 'cohere.embed-v4:0', text: 'x' }, { embeds: true }), 'embed');
    assert.equal(kindOf({ model: 'any' }, { trustVectors: true, model: undefined }), 'keep');
  });

  it('is made anew from the text where the vector does not fit, and fails where there is no text', () => {
    for (const [vector, code] of [
      [[1, 2, 3], 'OTHER_DIMENSION'],
      [[0, 0], 'INVALID_RECORD'],
      [[1e39, 1], 'INVALID_RECORD'],
      [undefined, 'NO_VECTOR'],
    ] as const) {
      assert.equal(kindOf({ vector }), code);
      assert.equal(kindOf({ vector, text: 'x' }), code, 'nobody makes vectors');
      assert.equal(kindOf({ vector, text: 'x' }, { embeds: true }), 'embed');
      assert.equal(kindOf({ vector, text: ' ' }, { embeds: true }), code);
    }
  });

  it('the text of an exported record is taken from its metadata, unless only its beginning is there', () => {
    const metadata = { text: 'whole' };
    const decision = decide(record({ vector: [1], metadata }), rules({ embeds: true }));
    assert.equal(decision.kind === 'embed' ? decision.text : '', 'whole');
    const cut = { ...metadata, text_truncated: true };
    assert.equal(kindOf({ vector: [1], metadata: cut }, { embeds: true }), 'OTHER_DIMENSION');
  });

  it('the text goes where the embedding service finds it, once, and is cut visibly where it is too long', () => {
    const kept = (changed: Partial<SourceRecord>, under: Partial<DecisionRules> = {}) => {
      const decision = decide(record(changed), rules(under));
      assert.ok(decision.kind === 'keep', JSON.stringify(decision));
      return decision;
    };
    assert.deepEqual(kept({ text: 'x', metadata: { a: 1 } }).metadata, { a: 1, text: 'x' });
    assert.deepEqual(kept({ text: 'x', metadata: { text: 'x' } }).metadata, { text: 'x' });
    assert.deepEqual(kept({ text: 'x' }, { textKey: undefined }).metadata, {});
    const long = kept({ text: 'y'.repeat(50_000) });
    assert.equal(long.remarks.textCut, true);
    assert.equal(long.metadata['text_truncated'], true);
    assert.equal(kindOf({ text: 'x', metadata: { text: 'other' } }), 'INVALID_RECORD');
  });

  it('nested metadata and null are refused with the way out, or flattened when asked for', () => {
    const metadata = { city: null, address: { zip: '1', geo: { lat: 2 } }, tags: ['a', null], ok: true };
    const refused = decide(record({ metadata }), rules());
    assert.ok(refused.kind === 'fail', JSON.stringify(refused));
    const { reason } = refused;
    for (const said of ['metadata.city', 'metadata.address', 'metadata.tags[1]', 'can be flattened']) {
      assert.ok(reason.includes(said), `${said} in: ${reason}`);
    }
    const flat = decide(record({ metadata }), rules({ flattenMetadata: true }));
    assert.deepEqual(flat.kind === 'keep' ? [flat.metadata, flat.remarks.changed] : flat, [
      { 'address.zip': '1', 'address.geo.lat': 2, tags: '["a",null]', ok: true },
      [
        'city: null, left out',
        'address.zip: from a nested object',
        'address.geo.lat: from a nested object',
        'tags: a list of other things, as JSON text',
      ],
    ]);
  });

  it('tells everything that is wrong with a record at once', () => {
    const decision = decide(record({ key: '', model: 'other', metadata: { a: null } }), rules());
    const reason = decision.kind === 'fail' ? decision.reason : '';
    for (const said of ['made by other', 'key ', 'metadata.a']) assert.ok(reason.includes(said), reason);
  });

  it('two paths that flatten to one key are a failure, not a loss', () => {
    assert.equal(
      kindOf({ metadata: { 'a.b': 1, a: { b: 2 } } }, { flattenMetadata: true }),
      'INVALID_RECORD',
    );
    assert.equal(flatMetadata({ a: {} }).changed[0], 'a: an empty object, left out');
    assert.deepEqual(flatMetadata({ __proto__: null, a: [1, 'b'] }).metadata, { a: [1, 'b'] });
  });

  it('ids of one model are the same with and without version, Region prefix and ARN', () => {
    const arn = 'arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0';
    for (const id of [MODEL, 'amazon.titan-embed-text-v2', 'us.amazon.titan-embed-text-v2:0', arn]) {
      assert.ok(sameModel(id, MODEL), id);
    }
    assert.ok(!sameModel('amazon.titan-embed-text-v1', MODEL));
  });
});
