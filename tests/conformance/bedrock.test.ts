import assert from 'node:assert/strict';
import { BedrockRuntimeClient, InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime';
import { after, before, describe, it } from 'mocha';
import { cosineDistance } from '../../contract/vectors/distance';
import { CREDENTIALS, refusal, REGION, startService, type RunningService } from './running-service';

// Request and response shapes: Bedrock user guide, model-parameters-titan-embed-text, model-parameters-embed-v3 and
// -v4; Nova user guide, embeddings-schema.
describe('the stand-ins for Bedrock’s embedding models', () => {
  let service: RunningService;
  let client: BedrockRuntimeClient;
  before(async () => {
    service = await startService();
    // With its default handler, which speaks HTTP/2 without TLS to such an endpoint.
    client = new BedrockRuntimeClient({
      region: REGION,
      endpoint: service.server.url,
      credentials: CREDENTIALS,
      maxAttempts: 1,
    });
  });
  after(async () => {
    client.destroy();
    await service.stop();
  });

  type Json = Record<string, unknown>;
  const invoke = async <T = Json>(modelId: string, body: unknown): Promise<T> => {
    const answer = await client.send(
      new InvokeModelCommand({ modelId, body: JSON.stringify(body), contentType: 'application/json' }),
    );
    return JSON.parse(new TextDecoder().decode(answer.body)) as T;
  };
  const TITAN_V2 = 'amazon.titan-embed-text-v2:0';
  const NOVA = 'amazon.nova-2-multimodal-embeddings-v1:0';
  const norm = (vector: readonly number[]) => Math.hypot(...vector);

  it('answer as Titan V2 does, 1,024 dimensions unless 256 or 512 are asked for, normalised', async () => {
    for (const [dimensions, length] of [
      [undefined, 1024],
      [256, 256],
      [512, 512],
      [1024, 1024],
    ] as const) {
      const answer = await invoke<{
        embedding: number[];
        inputTextTokenCount: number;
        embeddingsByType: Json;
      }>(TITAN_V2, {
        inputText: 'hello world',
        ...(dimensions === undefined ? {} : { dimensions }),
      });
      assert.equal(answer.embedding.length, length);
      assert.ok(Math.abs(norm(answer.embedding) - 1) < 1e-5);
      assert.deepEqual(answer.embeddingsByType, { float: answer.embedding });
      assert.ok(Number.isInteger(answer.inputTextTokenCount) && answer.inputTextTokenCount > 0);
    }
    const { embedding } = await invoke<{ embedding: number[] }>(TITAN_V2, {
      inputText: 'hello world',
      normalize: false,
    });
    assert.ok(Math.abs(norm(embedding) - 1) > 0.1);
    const binary = await invoke<{ embedding?: number[]; embeddingsByType: { binary: number[] } }>(TITAN_V2, {
      inputText: 'hello',
      embeddingTypes: ['binary'],
    });
    assert.equal(binary.embedding, undefined);
    assert.ok(binary.embeddingsByType.binary.every((bit) => bit === 0 || bit === 1));
  });

  it('answer as Titan G1 does, with 1,536 dimensions', async () => {
    const answer = await invoke<{ embedding: number[] }>('amazon.titan-embed-text-v1', {
      inputText: 'hello',
    });
    assert.equal(answer.embedding.length, 1536);
  });

  it('answer as Nova does, 3,072 dimensions unless others are asked for', async () => {
    for (const [embeddingDimension, length] of [
      [undefined, 3072],
      [256, 256],
      [384, 384],
      [1024, 1024],
    ] as const) {
      const answer = await invoke<{ embeddings: { embeddingType: string; embedding: number[] }[] }>(NOVA, {
        schemaVersion: 'nova-multimodal-embed-v1',
        taskType: 'SINGLE_EMBEDDING',
        singleEmbeddingParams: {
          embeddingPurpose: 'GENERIC_INDEX',
          ...(embeddingDimension === undefined ? {} : { embeddingDimension }),
          text: { truncationMode: 'END', value: 'hello world' },
        },
      });
      assert.equal(answer.embeddings.length, 1);
      assert.equal(answer.embeddings[0]?.embeddingType, 'TEXT');
      assert.equal(answer.embeddings[0].embedding.length, length);
    }
  });

  it('cut a text that is too long for Nova at the end that was named, or refuse it', async () => {
    const value = `${'first '.repeat(9000)}${'last '.repeat(9000)}`;
    const ask = (truncationMode: string) =>
      invoke<{ embeddings: { embedding: number[]; truncatedCharLength?: number }[] }>(NOVA, {
        taskType: 'SINGLE_EMBEDDING',
        singleEmbeddingParams: {
          embeddingPurpose: 'TEXT_RETRIEVAL',
          embeddingDimension: 256,
          text: { truncationMode, value },
        },
      });
    const [end] = (await ask('END')).embeddings;
    const [start] = (await ask('START')).embeddings;
    assert.ok(end!.truncatedCharLength! < value.length);
    const first = (await invoke<{ embeddings: { embedding: number[] }[] }>(NOVA, novaText('first', 256)))
      .embeddings[0]!;
    assert.ok(cosineDistance(end!.embedding, first.embedding) < 0.01);
    assert.ok(cosineDistance(start!.embedding, first.embedding) > 0.5);
    assert.equal((await refusal(ask('NONE'))).name, 'ValidationException');
  });

  it('answer as Cohere v3 and v4 do, in order, both in the plain form and by type', async () => {
    const texts = ['one text', 'another'];
    const v3 = await invoke<{ embeddings: number[][] }>('cohere.embed-english-v3', {
      texts,
      input_type: 'search_document',
    });
    assert.deepEqual(
      v3.embeddings.map(({ length }) => length),
      [1024, 1024],
    );
    const v4 = await invoke<{ embeddings: { float: number[][] } }>('cohere.embed-v4:0', {
      texts,
      input_type: 'search_query',
      embedding_types: ['float'],
      output_dimension: 512,
    });
    assert.deepEqual(
      v4.embeddings.float.map(({ length }) => length),
      [512, 512],
    );
    const alone = await invoke<{ embeddings: number[][] }>('cohere.embed-english-v3', {
      texts: ['another'],
      input_type: 'search_query',
    });
    assert.deepEqual(alone.embeddings[0], v3.embeddings[1]);
  });

  it('give the same vector for the same text for ever, and say that no model made it', async () => {
    const { embedding } = await invoke<{ embedding: number[] }>(TITAN_V2, {
      inputText: 'a text',
      dimensions: 256,
    });
    const again = await invoke<{ embedding: number[] }>(TITAN_V2, { inputText: 'a text', dimensions: 256 });
    assert.deepEqual(embedding, again.embedding);
    const answer = await fetch(`${service.server.url}/model/${encodeURIComponent(TITAN_V2)}/invoke`, {
      method: 'POST',
      body: '{"inputText":"a text"}',
    });
    assert.match(answer.headers.get('x-s3-vectors-local-stand-in')!, /not amazon\.titan-embed-text-v2:0/);
    assert.match(answer.headers.get('x-amzn-bedrock-input-token-count')!, /^\d+$/);
  });

  it('label their refusals too', async () => {
    for (const modelId of [encodeURIComponent(TITAN_V2), 'unknown', '%E0%A4%A']) {
      const answer = await fetch(`${service.server.url}/model/${modelId}/invoke`, {
        method: 'POST',
        body: '{}',
      });
      assert.equal(answer.status, 400);
      assert.equal(answer.headers.get('x-amzn-errortype'), 'ValidationException');
      assert.match(answer.headers.get('x-s3-vectors-local-stand-in')!, /no model was asked/);
    }
  });

  it('are found by model id, model ARN and inference profile', async () => {
    for (const modelId of [
      NOVA,
      `us.${NOVA}`,
      `arn:aws:bedrock:us-east-1::foundation-model/${NOVA}`,
      `arn:aws:bedrock:us-east-1:123456789012:inference-profile/eu.${NOVA}`,
    ]) {
      await invoke(modelId, novaText('x', 256));
    }
  });

  it('refuse a model that they do not stand in for', async () => {
    const refused = await refusal(invoke('anthropic.claude-3-haiku', { inputText: 'x' }));
    assert.deepEqual([refused.name, refused.status], ['ValidationException', 400]);
    assert.match(refused.message, /^The provided model identifier is invalid\. .*titan-embed-text-v2:0/);
  });

  const malformed: [what: string, modelId: string, body: unknown, message: RegExp][] = [
    ['without a text', TITAN_V2, {}, /Malformed input request: .*required key \[inputText\] not found/],
    ['with an empty text', TITAN_V2, { inputText: '' }, /expected minLength: 1, actual: 0/],
    [
      'with dimensions that Titan V2 has not',
      TITAN_V2,
      { inputText: 'x', dimensions: 3072 },
      /\[256, 512, 1024\]/,
    ],
    [
      'with dimensions for G1',
      'amazon.titan-embed-text-v1',
      { inputText: 'x', dimensions: 256 },
      /dimensions/,
    ],
    ['with too many tokens', TITAN_V2, { inputText: 'word '.repeat(9000) }, /Too many input tokens.*8192/],
    [
      'without a purpose for Nova',
      NOVA,
      {
        taskType: 'SINGLE_EMBEDDING',
        singleEmbeddingParams: { text: { truncationMode: 'END', value: 'x' } },
      },
      /embeddingPurpose/,
    ],
    [
      'of 97 texts for Cohere',
      'cohere.embed-english-v3',
      { texts: new Array(97).fill('x'), input_type: 'search_query' },
      /maximum item count: 96/,
    ],
    [
      'of a text over 2,048 characters for Cohere v3',
      'cohere.embed-english-v3',
      { texts: ['x'.repeat(2049)], input_type: 'search_query' },
      /maxLength: 2048/,
    ],
    ['without an input type for Cohere', 'cohere.embed-v4:0', { texts: ['x'] }, /input_type/],
    ['that is no object', TITAN_V2, [], /Malformed input request/],
  ];
  for (const [what, modelId, body, message] of malformed) {
    it(`refuse a request ${what}`, async () => {
      const refused = await refusal(invoke(modelId, body));
      assert.equal(refused.name, 'ValidationException');
      assert.equal(refused.status, 400);
      assert.match(refused.message, message);
    });
  }
});

function novaText(value: string, embeddingDimension: number): object {
  return {
    taskType: 'SINGLE_EMBEDDING',
    singleEmbeddingParams: {
      embeddingPurpose: 'GENERIC_INDEX',
      embeddingDimension,
      text: { truncationMode: 'END', value },
    },
  };
}
