import assert from 'node:assert/strict';
import { modelDimensionProblems } from '../../../contract/embedding-models';

describe('embedding models', () => {
  it('fit an index of one of their dimensions, through an inference profile or an ARN too', () => {
    for (const modelId of [
      'amazon.nova-2-multimodal-embeddings-v1:0',
      'us.amazon.nova-2-multimodal-embeddings-v1:0',
      'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-2-multimodal-embeddings-v1:0',
    ]) {
      assert.deepEqual(modelDimensionProblems(modelId, 3072), []);
    }
  });

  it('are refused for another dimension, with those that fit', () => {
    assert.deepEqual(modelDimensionProblems('amazon.titan-embed-text-v2:0', 3072), [
      '"amazon.titan-embed-text-v2:0" makes vectors of 1024, 512, 256 numbers, and those of the index have 3072; ' +
        'choose amazon.nova-2-multimodal-embeddings-v1:0.',
    ]);
  });

  it('are not judged where they are not known', () => {
    assert.deepEqual(modelDimensionProblems('gemini-embedding-001', 7), []);
  });
});
