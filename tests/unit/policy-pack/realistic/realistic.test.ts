import assert from 'node:assert/strict';
import { explain } from '../../../../policy-pack/explain-command';
import { REALISTIC_DOCUMENTS } from './documents';

describe('the policy pack over realistic documents', () => {
  it('has at least 40 of them, of both verdicts', () => {
    assert.ok(REALISTIC_DOCUMENTS.length >= 40);
    const inOrder = REALISTIC_DOCUMENTS.filter(({ refusedBy }) => refusedBy.length === 0).length;
    assert.ok(inOrder >= 15 && REALISTIC_DOCUMENTS.length - inOrder >= 15);
  });

  for (const { what, name, document, refusedBy } of REALISTIC_DOCUMENTS) {
    it(`${refusedBy.length === 0 ? 'accepts' : 'refuses'} ${what}`, () => {
      const { findings } = explain({ source: name, name, text: JSON.stringify(document) });
      const found = new Set(findings.map(({ policy }) => policy));
      assert.deepEqual([...found].sort(), [...refusedBy].sort(), JSON.stringify(findings, null, 2));
      assert.ok(findings.every(({ level }) => level === 'mandatory'));
    });
  }
});
