import assert from 'node:assert/strict';
import fc from 'fast-check';
import { InvalidInputError } from '../../../contract/invalid-input';
import { isWellFormed, utf8Length } from '../../../contract/vectors/text';
import { cutToBytes, cutToLength } from '../../../runtime/embedders/cut-text';
import { embedderFor } from '../../../runtime/embedders/embedder-for';
import type { EmbedderOptions } from '../../../runtime/embedders/embedder-for';
import type { InvokeModel } from '../../../runtime/embedders/invoke-model';
import { closedEndpoint } from './surroundings/closed-endpoint';
import { CREDENTIALS, startLocalIndex } from './surroundings/local-index';
import type { LocalIndex } from './surroundings/local-index';

const TITAN = 'amazon.titan-embed-text-v2:0';
const NOVA = 'amazon.nova-2-multimodal-embeddings-v1:0';
const COHERE = 'cohere.embed-english-v3';
const FAST: EmbedderOptions = { retry: { baseDelayMs: 1, throttledDelayMs: 1, maxAttempts: 4 } };

type Body = Record<string, unknown>;

/** A Titan that answers every text with a vector of ones. */
function titan(answer: (text: string, call: number) => unknown = () => undefined): {
  readonly invoke: InvokeModel;
  readonly texts: string[];
} {
  const texts: string[] = [];
  return {
    texts,
    invoke: (_, body) => {
      const text = body['inputText'] as string;
      texts.push(text);
      const thrown = answer(text, texts.length);
      return thrown instanceof Error
        ? Promise.reject(thrown)
        : Promise.resolve({ embedding: Array<number>(256).fill(1), inputTextTokenCount: text.length });
    },
  };
}

function refusal(name: string, status: number, message: string): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
}

describe('an embedder for a model id', () => {
  it('knows the models and their default dimensions', () => {
    const dimensions = [
      'amazon.titan-embed-text-v1',
      TITAN,
      NOVA,
      COHERE,
      'cohere.embed-multilingual-v3',
      'cohere.embed-v4:0',
    ].map((id) => embedderFor(id).dimension);
    assert.deepEqual(dimensions, [1536, 1024, 3072, 1024, 1024, 1536]);
  });

  it('knows a model behind the prefix of an inference profile and in an ARN', () => {
    for (const id of [
      `us.${NOVA}`,
      `global.${NOVA}`,
      `arn:aws:bedrock:us-east-1::foundation-model/${NOVA}`,
      `arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.${NOVA}`,
    ]) {
      assert.equal(embedderFor(id, 3072).modelId, id);
    }
  });

  it('refuses a model that it does not know, naming those that it does', () => {
    assert.throws(
      () => embedderFor('all-MiniLM-L6-v2', 384),
      (error: unknown) => {
        assert.ok(error instanceof InvalidInputError);
        assert.match(error.message, /"all-MiniLM-L6-v2" is not known; known are amazon\.titan/);
        return true;
      },
    );
  });

  it('refuses a dimension that the model does not make, naming those that it does', () => {
    assert.throws(() => embedderFor(TITAN, 3072), /1024, 512 or 256 dimensions, not 3072/);
  });
});

describe('an embedder of Bedrock', () => {
  it('asks Titan V2 for vectors that are not normalised, and refuses to ask any other model', async () => {
    const bodies: Body[] = [];
    const invoke: InvokeModel = (_, body) => {
      bodies.push(body);
      return Promise.resolve({});
    };
    await embedderFor(TITAN, 256, { invoke, normalize: false }).embed(['t'], 'document');
    assert.deepEqual(bodies[0], { inputText: 't', dimensions: 256, normalize: false });
    for (const id of [NOVA, COHERE, 'amazon.titan-embed-text-v1', 'gemini-embedding-001']) {
      assert.throws(() => embedderFor(id, undefined, { normalize: false }), /not normalised.*Titan V2 can/);
    }
  });

  it('asks each model in its own form, for the purpose', async () => {
    const bodies: Body[] = [];
    const invoke: InvokeModel = (_, body) => {
      bodies.push(body);
      return Promise.resolve({});
    };
    await embedderFor(TITAN, 512, { invoke }).embed(['t'], 'document');
    await embedderFor(NOVA, 1024, { invoke }).embed(['t'], 'document');
    await embedderFor(NOVA, 1024, { invoke, truncation: 'end' }).embed(['t'], 'query');
    await embedderFor(COHERE, 1024, { invoke }).embed(['t', 'u'], 'query');
    assert.deepEqual(bodies.slice(0, 4), [
      { inputText: 't', dimensions: 512, normalize: true },
      {
        schemaVersion: 'nova-multimodal-embed-v1',
        taskType: 'SINGLE_EMBEDDING',
        singleEmbeddingParams: {
          embeddingPurpose: 'GENERIC_INDEX',
          embeddingDimension: 1024,
          text: { truncationMode: 'NONE', value: 't' },
        },
      },
      {
        schemaVersion: 'nova-multimodal-embed-v1',
        taskType: 'SINGLE_EMBEDDING',
        singleEmbeddingParams: {
          embeddingPurpose: 'TEXT_RETRIEVAL',
          embeddingDimension: 1024,
          text: { truncationMode: 'END', value: 't' },
        },
      },
      { texts: ['t', 'u'], input_type: 'search_query', truncate: 'NONE' },
    ]);
  });

  it('answers for every text in order, and lets a bad one harm no other', async () => {
    const model = titan();
    const outcomes = await embedderFor(TITAN, 256, { ...model }).embed(
      ['a', '', 'bb', ' \n', 'torn \ud83d', 7 as unknown as string, 'x'.repeat(50_001), 'cccc'],
      'document',
    );
    assert.deepEqual(
      outcomes.map((outcome) => outcome.error?.code ?? outcome.embedding?.inputTokens),
      [1, 'EMPTY_TEXT', 2, 'EMPTY_TEXT', 'INVALID_TEXT', 'INVALID_TEXT', 'TEXT_TOO_LONG', 4],
    );
    assert.deepEqual(model.texts, ['a', 'bb', 'cccc']);
  });

  it('repeats what was throttled', async () => {
    const model = titan((_, call) =>
      call < 3 ? refusal('ThrottlingException', 429, 'Too many requests') : undefined,
    );
    const [outcome] = await embedderFor(TITAN, 256, { ...FAST, ...model }).embed(['a'], 'query');
    assert.equal(outcome?.embedding?.vector.length, 256);
    assert.equal(model.texts.length, 3);
  });

  it('says what to do when access is denied, and never quotes the text', async () => {
    const model = titan(() => refusal('AccessDeniedException', 403, 'You don’t have access to the model'));
    const [outcome] = await embedderFor(TITAN, 256, { ...FAST, ...model }).embed(['a private text'], 'query');
    assert.equal(outcome?.error?.code, 'ACCESS_DENIED');
    assert.match(outcome.error.message, /bedrock:InvokeModel/);
    assert.doesNotMatch(outcome.error.message, /private/);
    assert.equal(model.texts.length, 1);
  });

  it('asks no further once a model refuses every text', async () => {
    const model = titan(() => refusal('AccessDeniedException', 403, 'No access to the model'));
    const texts = Array.from({ length: 500 }, (_, at) => `text ${at}`);
    const outcomes = await embedderFor(TITAN, 256, { ...FAST, ...model }).embed(texts, 'document');
    assert.ok(outcomes.every(({ error }) => error?.code === 'ACCESS_DENIED'));
    assert.equal(outcomes.length, 500);
    assert.ok(model.texts.length <= 8, `${model.texts.length} calls`);
  });

  it('refuses a text of too many tokens, or cuts it until it fits and says so', async () => {
    const limited = () =>
      titan((text) =>
        text.length > 300
          ? refusal(
              'ValidationException',
              400,
              `400 Bad Request: Too many input tokens. Max input tokens: 300, request input token count: ${text.length}`,
            )
          : undefined,
      );
    const [refused] = await embedderFor(TITAN, 256, limited()).embed(['y'.repeat(1_000)], 'document');
    assert.equal(refused?.error?.code, 'TEXT_TOO_LONG');
    assert.match(refused.error.message, /truncation: 'end'/);

    const model = limited();
    const [cut, whole] = await embedderFor(TITAN, 256, { ...model, truncation: 'end', concurrency: 1 }).embed(
      ['y'.repeat(1_000), 'short'],
      'document',
    );
    assert.deepEqual([cut?.embedding?.truncated, whole?.embedding?.truncated], [true, false]);
    assert.deepEqual(
      model.texts.map(({ length }) => length),
      [1_000, 291, 5],
    );
  });

  it('takes throttling for no text that is too long, whatever its words are', async () => {
    for (const truncation of ['refuse', 'end'] as const) {
      for (const [name, status, message] of [
        ['ThrottlingException', 429, 'Too many tokens, please wait before trying again.'],
        ['ThrottlingException', 400, 'Too many tokens per day, please wait before trying again.'],
        ['ServiceUnavailableException', 503, 'Too many tokens are being read, please try again.'],
      ] as const) {
        const model = titan(() => refusal(name, status, message));
        const [outcome] = await embedderFor(TITAN, 256, { ...FAST, ...model, truncation }).embed(
          ['y'.repeat(100)],
          'document',
        );
        assert.equal(outcome?.error?.code, status === 503 ? 'SERVICE_UNAVAILABLE' : 'THROTTLED');
        assert.deepEqual(
          model.texts.map(({ length }) => length),
          [100, 100, 100, 100],
        );
      }
    }
  });

  it('refuses vectors of another dimension than was asked for', async () => {
    const invoke: InvokeModel = () => Promise.resolve({ embedding: [1, 2, 3] });
    const [outcome] = await embedderFor(TITAN, 256, { invoke }).embed(['a'], 'document');
    assert.equal(outcome?.error?.code, 'UNEXPECTED_ANSWER');
    assert.match(outcome.error.message, /lengths 3; 1 of 256/);
  });

  it('fills the batches of a model that takes several texts, and asks singly where one spoils its batch', async () => {
    const sizes: number[] = [];
    const invoke: InvokeModel = (_, body) => {
      const texts = body['texts'] as string[];
      sizes.push(texts.length);
      return texts.includes('text 100')
        ? Promise.reject(refusal('ValidationException', 400, 'Malformed input'))
        : Promise.resolve({ embeddings: texts.map(() => Array<number>(1024).fill(1)) });
    };
    const outcomes = await embedderFor(COHERE, 1024, { invoke, concurrency: 1 }).embed(
      Array.from({ length: 105 }, (_, at) => `text ${at}`),
      'document',
    );
    assert.deepEqual(sizes, [96, 9, ...Array<number>(9).fill(1)]);
    assert.deepEqual(
      outcomes.flatMap(({ error }, at) => (error === undefined ? [] : [at, error.code])),
      [100, 'REFUSED_BY_SERVICE'],
    );
  });

  it('reads the answers of Cohere in both of their forms', async () => {
    const vector = Array<number>(1024).fill(0.5);
    for (const embeddings of [[vector], { float: [vector] }]) {
      const invoke: InvokeModel = () => Promise.resolve({ embeddings });
      const [outcome] = await embedderFor(COHERE, 1024, { invoke }).embed(['a'], 'query');
      assert.deepEqual(outcome?.embedding?.vector, vector);
    }
  });

  it('takes over what Nova itself cut', async () => {
    const answer = { embedding: Array<number>(256).fill(1), embeddingType: 'TEXT', truncatedCharLength: 9 };
    const invoke: InvokeModel = () => Promise.resolve({ embeddings: [answer] });
    const [outcome] = await embedderFor(NOVA, 256, { invoke, truncation: 'end' }).embed(['a'], 'query');
    assert.equal(outcome?.embedding?.truncated, true);
  });

  it('tells an endpoint where nobody listens at once', async () => {
    const began = performance.now();
    const embedder = embedderFor(TITAN, 256, {
      endpoint: await closedEndpoint(),
      region: 'us-east-1',
      credentials: CREDENTIALS,
    });
    const [outcome] = await embedder.embed(['a'], 'query');
    assert.equal(outcome?.error?.code, 'ENDPOINT_UNREACHABLE');
    assert.match(outcome.error.message, /ECONNREFUSED.*AWS_ENDPOINT_URL_BEDROCK_RUNTIME/);
    assert.ok(performance.now() - began < 5_000);
  });

  it('rejects as a whole only when its signal aborts', async () => {
    const abort = new AbortController();
    const invoke: InvokeModel = () => {
      abort.abort(new Error('enough'));
      return Promise.reject(refusal('ServiceUnavailableException', 503, 'Busy'));
    };
    const waiting = embedderFor(TITAN, 256, { invoke }).embed(['a'], 'query', { signal: abort.signal });
    await assert.rejects(waiting, /enough/);
  });
});

describe('an embedder over the stand-ins of S3 Vectors Local', () => {
  let local: LocalIndex;
  before(async () => {
    local = await startLocalIndex();
  });
  after(() => local.close());

  for (const [modelId, dimension] of [
    [TITAN, 1024],
    ['amazon.titan-embed-text-v1', 1536],
    [NOVA, 3072],
    [COHERE, 1024],
    ['cohere.embed-v4:0', 1536],
  ] as const) {
    it(`gets vectors of ${modelId} in which shared words mean nearness`, async () => {
      const embedder = embedderFor(modelId, dimension, {
        endpoint: local.url,
        region: 'us-east-1',
        credentials: CREDENTIALS,
      });
      const documents = await embedder.embed(
        ['The cat sleeps on the warm windowsill', 'Quarterly revenue grew by eight percent'],
        'document',
      );
      const [query] = await embedder.embed(['where does the cat sleep'], 'query');
      const [cat, revenue] = documents.map(({ embedding }) =>
        cosine(embedding!.vector, query!.embedding!.vector),
      );
      assert.ok(cat! > revenue!, `${cat} > ${revenue}`);
    });
  }

  it('gets vectors of every dimension of Titan V2, of length 1 unless told otherwise', async () => {
    const connection = { endpoint: local.url, region: 'us-east-1', credentials: CREDENTIALS };
    const lengthOf = async (dimension: number, normalize?: boolean) => {
      const embedder = embedderFor(TITAN, dimension, { ...connection, normalize });
      const [outcome] = await embedder.embed(['several words of one text'], 'document');
      const vector = outcome?.embedding?.vector ?? [];
      assert.equal(vector.length, dimension);
      return Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
    };
    for (const dimension of [256, 512, 1024]) assert.ok(Math.abs((await lengthOf(dimension)) - 1) < 1e-6);
    assert.ok((await lengthOf(256, false)) > 1.5);
  });

  it('tells a text of too many tokens from every other refusal', async () => {
    for (const modelId of [TITAN, NOVA]) {
      const embedder = embedderFor(modelId, 256, {
        endpoint: local.url,
        region: 'us-east-1',
        credentials: CREDENTIALS,
      });
      const [outcome] = await embedder.embed(['word '.repeat(9_000)], 'document');
      assert.equal(outcome?.error?.code, 'TEXT_TOO_LONG', outcome?.error?.message);
    }
  });
});

describe('cut text', () => {
  it('is a beginning that fits, whole characters only, and no shorter than it must be', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(60), (text, limit) => {
        const byBytes = cutToBytes(text, limit);
        assert.ok(text.startsWith(byBytes) && isWellFormed(byBytes));
        assert.ok(utf8Length(byBytes) <= limit);
        if (byBytes !== text) {
          const next = String.fromCodePoint(text.codePointAt(byBytes.length)!);
          assert.ok(utf8Length(byBytes + next) > limit);
        }
        const byLength = cutToLength(text, limit);
        assert.ok(text.startsWith(byLength) && isWellFormed(byLength) && byLength.length <= limit);
      }),
    );
  });
});

function cosine(one: readonly number[], other: readonly number[]): number {
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, at) => sum + value * b[at]!, 0);
  return dot(one, other) / Math.sqrt(dot(one, one) * dot(other, other));
}
