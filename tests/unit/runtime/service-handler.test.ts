import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { EPISODES_SHAPE } from '../../../contract/index-shape';
import { serviceHandler } from '../../../runtime/handler/service-handler';
import type { ServiceHandler } from '../../../runtime/handler/service-handler';
import { pinoLog } from '../../../runtime/logging/pino-log';
import { refusal, startFaultyService } from './surroundings/faulty-service';
import { CREDENTIALS, startLocalIndex, VECTOR_BUCKET } from './surroundings/local-index';
import type { LocalIndex } from './surroundings/local-index';

interface Failed {
  ok: false;
  error: { code: string; message: string; problems?: string[] };
}

describe('the handler of the service', () => {
  let local: LocalIndex;
  let lines: string[];
  let handler: ServiceHandler;

  const environment = {
    S3_VECTOR_BUCKET_NAME: VECTOR_BUCKET,
    S3_VECTOR_INDEX_NAME: 'episodes',
    AWS_REGION: 'us-east-1',
    BEDROCK_MODEL_ID: 'amazon.nova-2-multimodal-embeddings-v1:0',
    VECTOR_DIMENSION: '3072',
  };
  const log = () => pinoLog({ level: 'debug', destination: { write: (line) => void lines.push(line) } });

  function handlerFor(env: NodeJS.ProcessEnv, endpoint = local.url): ServiceHandler {
    const connection = { endpoint, credentials: CREDENTIALS };
    return serviceHandler({
      env,
      log: log(),
      store: { ...connection, retry: { baseDelayMs: 1, maxAttempts: 2 } },
      embedder: { ...connection, endpoint: local.url },
    });
  }

  before(async () => {
    local = await startLocalIndex();
    await local.create('episodes', EPISODES_SHAPE);
    handler = handlerFor(environment);
  });
  after(() => local.close());
  beforeEach(() => {
    lines = [];
  });

  it('stores documents, finds them, returns them, and describes what it does it with', async () => {
    const stored = await handler({
      op: 'store',
      documents: [
        { id: 'cats', text: 'The cat sleeps on the warm windowsill', metadata: { topic: 'animals' } },
        { id: 'revenue', text: 'Quarterly revenue grew by eight percent', metadata: { topic: 'money' } },
      ],
    });
    assert.ok(stored.ok && 'documents' in stored);
    assert.deepEqual(stored.documents, [
      { id: 'cats', stored: true, textTruncated: false, embeddingTruncated: false },
      { id: 'revenue', stored: true, textTruncated: false, embeddingTruncated: false },
    ]);

    const found = await handler({ op: 'search', query: 'where does the cat sleep', topK: 1 });
    assert.ok(found.ok && 'results' in found);
    const [{ distance, similarity, ...result } = assert.fail('no result')] = found.results;
    assert.deepEqual(result, {
      id: 'cats',
      text: 'The cat sleeps on the warm windowsill',
      textTruncated: false,
      metadata: { topic: 'animals' },
    });
    assert.equal(similarity, 1 - distance);

    const got = await handler({ op: 'get', ids: ['revenue', 'nobody'] });
    assert.ok('missing' in got);
    assert.deepEqual([got.ok, got.missing, got.documents[0]?.id], [false, ['nobody'], 'revenue']);

    const described = await handler({ op: 'describe' });
    assert.ok('index' in described);
    assert.deepEqual(described.index, EPISODES_SHAPE);
    assert.equal(described.textKey, 'successful_prompt');
  });

  it('finds the ids of documents by their metadata, and deletes documents', async () => {
    const documents = ['gone', 'kept', 'other'].map((id) => ({
      id: `find-${id}`,
      text: `The text of ${id}`,
      metadata: { set: id === 'other' ? 'b' : 'a' },
    }));
    await handler({ op: 'store', documents });
    const ids = async () => {
      const answer = await handler({ op: 'find', filter: { set: 'a' } });
      assert.ok('op' in answer && answer.op === 'find');
      return [...answer.ids].sort();
    };
    assert.deepEqual(await ids(), ['find-gone', 'find-kept']);
    assert.deepEqual(await handler({ op: 'delete', ids: ['find-gone'] }), {
      op: 'delete',
      ok: true,
      deleted: 1,
    });
    assert.deepEqual(await ids(), ['find-kept']);
    const refused = (await handler({ op: 'find' })) as Failed;
    assert.match(refused.error.message, /"filter" is missing; it must be an object/);
  });

  it('answers with what became of each document when some cannot be stored', async () => {
    const answer = await handler({
      op: 'store',
      documents: [
        { id: 'good', text: 'good' },
        { id: 'bad', text: 'bad', metadata: { a: null } },
        { id: 'no text' },
      ],
    });
    assert.ok('documents' in answer && 'stored' in answer);
    assert.deepEqual([answer.ok, answer.stored, answer.failed], [false, 1, 2]);
    assert.deepEqual(
      answer.documents.map((outcome) => (outcome as { stored: boolean }).stored),
      [true, false, false],
    );
  });

  it('refuses a wrong event with every problem, and quotes no text', async () => {
    const cases: readonly (readonly [unknown, readonly RegExp[]])[] = [
      [undefined, [/it is missing, not an object/]],
      ['search', [/it is a text, not an object/]],
      [{}, [/"op" is missing; it must be one of "store", "search", "get", "find", "delete", "describe"/]],
      [{ op: 'drop' }, [/"op" is "drop"/]],
      [{ op: 'constructor' }, [/"op" is "constructor"/]],
      [
        { op: 'search', query: ' ', topK: 101, filter: [], limit: 3 },
        [
          /"limit" is not known/,
          /"query" is an empty text/,
          /"topK" is 101.*1 to 100/,
          /"filter" is an empty list/,
        ],
      ],
      [{ op: 'store' }, [/"documents" is missing/]],
      [
        { op: 'store', documents: [7, { id: 'a', text: 'confidential', tags: [] }] },
        [/documents\[0\]/, /documents\[1\]\.tags/],
      ],
      [{ op: 'get', ids: [] }, [/"ids" is an empty list/]],
      [{ op: 'get', ids: Array(101).fill('a') }, [/a list of 101/]],
    ];
    for (const [event, patterns] of cases) {
      const answer = (await handler(event)) as Failed;
      assert.equal(answer.error.code, 'INVALID_EVENT');
      assert.equal(answer.error.problems?.length, patterns.length);
      for (const pattern of patterns) assert.match(answer.error.message, pattern);
      assert.doesNotMatch(JSON.stringify(answer), /confidential|at .*\.ts/);
    }
  });

  it('refuses a filter that the index cannot use', async () => {
    const answer = (await handler({ op: 'search', query: 'a', filter: { why_it_worked: 'x' } })) as Failed;
    assert.equal(answer.error.code, 'INVALID_INPUT');
    assert.match(answer.error.message, /why_it_worked.*non-filterable/);
  });

  it('answers to a wrong configuration with every variable', async () => {
    const answer = (await handlerFor({ AWS_REGION: 'us-east-1' })({ op: 'describe' })) as Failed;
    assert.equal(answer.error.code, 'INVALID_CONFIGURATION');
    assert.equal(answer.error.problems?.length, 3);
    const unknownModel = (await handlerFor({ ...environment, BEDROCK_MODEL_ID: 'some-model' })({
      op: 'describe',
    })) as Failed;
    assert.equal(unknownModel.error.code, 'INVALID_CONFIGURATION');
  });

  it('says that model and index do not fit', async () => {
    const answer = (await handlerFor({ ...environment, VECTOR_DIMENSION: '1024' })({
      op: 'search',
      query: 'a',
    })) as Failed;
    assert.equal(answer.error.code, 'INDEX_MISMATCH');
    assert.match(answer.error.message, /dimension is 3072, not 1024/);
  });

  it('answers with a code when the service is denied to it, and logs it without request or credentials', async () => {
    const service = await startFaultyService(() => refusal(403, 'AccessDeniedException', 'Access denied'));
    const answer = (await handlerFor(
      environment,
      service.url,
    )({ op: 'search', query: 'confidential' })) as Failed;
    assert.equal(answer.error.code, 'ACCESS_DENIED');
    assert.match(answer.error.message, /s3vectors:GetIndex/);
    const failed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.ok(failed.some(({ event, level }) => event === 'request_failed' && level === 'error'));
    assert.doesNotMatch(lines.join(''), /confidential|AWS4-HMAC|AKIDTEST/);
    await service.close();
  });

  it('answers before Lambda would end it, with every document accounted for', async () => {
    const service = await startFaultyService(
      ({ operation }) => (operation === 'PutVectors' ? new Promise(() => undefined) : { kind: 'forward' }),
      local.url,
    );
    const answer = await handlerFor(environment, service.url)(
      { op: 'store', documents: [{ id: 'late', text: 'late' }] },
      { getRemainingTimeInMillis: () => 1_500 },
    );
    assert.ok('documents' in answer && 'error' in answer);
    assert.equal(answer.error?.code, 'ABORTED');
    const [outcome] = answer.documents as readonly { id: string; stored: boolean; uncertain?: boolean }[];
    assert.deepEqual([outcome?.id, outcome?.stored, outcome?.uncertain], ['late', false, true]);
    await service.close();
  });

  it('asks for the shape of the index once, however many events come', async () => {
    const service = await startFaultyService(() => ({ kind: 'forward' }), local.url);
    const kept = handlerFor(environment, service.url);
    for (let event = 0; event < 3; event += 1) await kept({ op: 'search', query: 'a' });
    const operations = service.received.map(({ operation }) => operation);
    assert.deepEqual(operations, ['GetIndex', 'QueryVectors', 'QueryVectors', 'QueryVectors']);
    await service.close();
  });

  it('works as one bundled file in a process of its own, with nothing on standard output but its log', async () => {
    const folder = await mkdtemp(join(tmpdir(), 's3-vectors-handler-'));
    const outfile = join(folder, 'index.js');
    await build({
      entryPoints: [join(__dirname, '../../../runtime/handler/main.ts')],
      outfile,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      minify: true,
    });
    const script = `const { handler } = require(${JSON.stringify(outfile)});
(async () => {
  const stored = await handler({ op: 'store', documents: [{ id: 'bundled', text: 'a bundled handler stores' }] });
  const found = await handler({ op: 'search', query: 'what does a bundled handler do', topK: 1 });
  process.stderr.write('ANSWER' + JSON.stringify([stored.ok, found.results[0].id]) + '\\n');
})();`;
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['-e', script], {
      cwd: folder,
      env: {
        ...environment,
        PATH: process.env['PATH'],
        AWS_ENDPOINT_URL: local.url,
        AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
        HOME: folder,
      },
    });
    assert.match(stderr, /ANSWER\[true,"bundled"\]/);
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { event: string }).event);
    assert.deepEqual(events, [
      'embedding_generated',
      'vector_stored',
      'embedding_stored',
      'vector_retrieved',
    ]);
    await rm(folder, { recursive: true });
  });
});

describe('the runtime as a library', () => {
  it('loads neither Pulumi nor the client of Bedrock before they are needed', async () => {
    const script = `const before = Object.keys(require.cache).length;
require(${JSON.stringify(join(__dirname, '../../../runtime/index.ts'))});
const loaded = Object.keys(require.cache).filter((path) => /@pulumi|client-bedrock-runtime/.test(path));
console.log(JSON.stringify({ loaded, more: Object.keys(require.cache).length > before }));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--require', 'tsx/cjs', '-e', script], {
      cwd: join(__dirname, '../../..'),
    });
    assert.deepEqual(JSON.parse(stdout), { loaded: [], more: true });
  });
});
