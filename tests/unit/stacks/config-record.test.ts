import assert from 'node:assert/strict';
import { configRecord } from '../../../stacks/config-record';

const KEYS = { project: 'text', days: 'json', tags: 'json', flag: 'json' } as const;

describe('configuration of a stack as a record', () => {
  it('takes the values of its own namespace, text as text and JSON as what it says', () => {
    const all = {
      'aws:region': 'us-east-1',
      's3-vectors-service:project': 'other',
      's3-vectors:project': '2026',
      's3-vectors:days': '90',
      's3-vectors:flag': 'true',
      's3-vectors:tags': '{"Team":"x"}',
    };
    assert.deepEqual(configRecord(all, 's3-vectors', KEYS), {
      project: '2026',
      days: 90,
      flag: true,
      tags: { Team: 'x' },
    });
  });

  it('keeps what is not known or no JSON, for the parser to refuse with everything else', () => {
    const all = { 's3-vectors:projct': 'acme', 's3-vectors:days': 'many' };
    assert.deepEqual(configRecord(all, 's3-vectors', KEYS), { projct: 'acme', days: 'many' });
  });
});
