import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { isWellFormed, utf8Length } from '../../../../contract/vectors/text';

describe('text as the service measures it', () => {
  it('has the UTF-8 length that the platform computes, for any string', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary-ascii' })), (text) => {
        assert.equal(utf8Length(text), Buffer.byteLength(text, 'utf8'));
      }),
    );
  });

  it('counts three bytes for a lone surrogate, as an encoder that replaces it does', () => {
    for (const text of ['\ud800', '\udc00', 'a\ud800b', '\udc00\ud800', '\ud800\ud83d\ude00']) {
      assert.equal(utf8Length(text), Buffer.byteLength(text, 'utf8'), JSON.stringify(text));
    }
  });

  it('is well-formed exactly when encoding and decoding gives it back', () => {
    const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
    const surrogate = fc.integer({ min: 0xd800, max: 0xdfff }).map((code) => String.fromCharCode(code));
    fc.assert(
      fc.property(
        fc.array(fc.oneof(unit, surrogate)).map((units) => units.join('')),
        (text) => {
          assert.equal(isWellFormed(text), Buffer.from(text, 'utf8').toString('utf8') === text);
        },
      ),
    );
  });
});
