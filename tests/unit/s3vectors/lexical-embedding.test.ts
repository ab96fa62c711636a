import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { cosineDistance } from '../../../contract/vectors/distance';
import { lexicalEmbedding } from '../../../local/s3vectors/bedrock/lexical-embedding';
import { stemOf, wordsOf } from '../../../local/s3vectors/bedrock/words';

// Sections as a corpus of documents has them: with their headings.
const sections: Readonly<Record<string, string>> = {
  encryption:
    '## Encryption\nEvery vector bucket is encrypted. With a customer managed KMS key, rotation is switched on and the ' +
    'key policy grants decryption to the indexing service.',
  lifecycle:
    '## Lifecycle\nNoncurrent object versions move to Glacier after 90 days and are expired after 180. Abandoned ' +
    'multipart uploads are removed after a week.',
  naming:
    '## Naming\nNames follow the pattern project, environment, the word vector, and purpose. They are lower case with ' +
    'hyphens; the policy pack refuses all other names of buckets.',
  batching:
    '## Batches\nPuts are split into batches by count and by bytes, because a request body may hold 20 MiB. Failed ' +
    'batches are retried only when a retry can succeed.',
  install:
    '## Installation\nRun npm ci and then npm start. Node 20 and Python are prerequisites; the Pulumi command line is ' +
    'built or downloaded.',
  roles:
    '## Roles\nThe deployer role administers and never reads data. The service role reads and writes data and never ' +
    'administers. No role has both.',
};
const questions: [question: string, section: string][] = [
  ['How do I install it and what do I need first?', 'install'],
  ['When do old versions of an object expire?', 'lifecycle'],
  ['Is the data encrypted with my own key, and does the key rotate?', 'encryption'],
  ['What pattern do the names of buckets follow?', 'naming'],
  ['How large may a batch be, in bytes?', 'batching'],
  ['Can the one who deploys read the data?', 'roles'],
  ['which failures are retried', 'batching'],
  ['what happens to the abandoned uploads', 'lifecycle'],
];

describe('the stand-in embedding', () => {
  for (const dimension of [256, 1024, 3072]) {
    for (const [question, section] of questions) {
      it(`finds the section "${section}" for "${question}" in ${dimension} dimensions`, () => {
        const asked = lexicalEmbedding(question, dimension, 'model');
        const ranked = Object.entries(sections)
          .map(([name, text]) => ({
            name,
            distance: cosineDistance(asked, lexicalEmbedding(text, dimension, 'model')),
          }))
          .sort((a, b) => a.distance - b.distance);
        assert.equal(ranked[0]?.name, section);
      });
    }
  }

  it('puts a text near another that shares words, and far from one that does not', () => {
    const embed = (text: string) => lexicalEmbedding(text, 1024, 'model');
    const near = cosineDistance(embed('rotate the encryption key'), embed('encryption keys are rotated'));
    const far = cosineDistance(embed('rotate the encryption key'), embed('lower case names with hyphens'));
    assert.ok(near < 0.5 && far > 0.8, `${near} ${far}`);
  });

  it('lets words that every text has count for little', () => {
    const embed = (text: string) => lexicalEmbedding(text, 1024, 'model');
    assert.ok(cosineDistance(embed('what is the policy of this'), embed('what is the lambda of this')) > 0.7);
    assert.ok(cosineDistance(embed('what is the policy of this'), embed('policy')) < 0.2);
  });

  it('is a unit vector of float32 for any text, and the same every time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(1, 2, 256, 384), (text, dimension) => {
        const vector = lexicalEmbedding(text, dimension, 'model');
        assert.equal(vector.length, dimension);
        assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-5);
        assert.ok(vector.every((component) => Math.fround(component) === component));
        assert.deepEqual(vector, lexicalEmbedding(text, dimension, 'model'));
      }),
    );
  });

  it('of one model has nothing to do with that of another', () => {
    const text = 'the same text with a few words in it';
    const apart = cosineDistance(lexicalEmbedding(text, 1024, 'one'), lexicalEmbedding(text, 1024, 'two'));
    assert.ok(Math.abs(apart - 1) < 0.25, String(apart));
  });
});

describe('words', () => {
  it('of one family have one stem', () => {
    for (const family of [
      ['rotate', 'rotates', 'rotated', 'rotating', 'rotation', 'rotations'],
      ['policy', 'policies'],
      ['batch', 'batches', 'batching'],
      ['deploy', 'deployer', 'deployment', 'deploys', 'deployed'],
      ['put', 'puts', 'putting'],
    ]) {
      assert.equal(
        new Set(family.map(stemOf)).size,
        1,
        family.map((word) => `${word}→${stemOf(word)}`).join(' '),
      );
    }
  });

  it('that are short, or not English letters, stay as they are', () => {
    for (const word of ['is', 'aws', 'größe', '2026', 's3']) assert.equal(stemOf(word), word);
  });

  it('of an identifier are the whole and its parts', () => {
    assert.deepEqual(
      wordsOf('VectorBucket').map(({ stem }) => stem),
      [stemOf('vectorbucket'), stemOf('vector'), stemOf('bucket')],
    );
  });
});
