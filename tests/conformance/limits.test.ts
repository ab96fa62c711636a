import assert from 'node:assert/strict';
import {
  CreateIndexCommand,
  CreateVectorBucketCommand,
  DeleteVectorsCommand,
  GetIndexCommand,
  GetVectorsCommand,
  ListIndexesCommand,
  ListVectorBucketsCommand,
  ListVectorsCommand,
  PutVectorsCommand,
  QueryVectorsCommand,
} from '@aws-sdk/client-s3vectors';
import { after, before, describe, it } from 'mocha';
import { openDatabase } from '../../local/s3vectors/storage/database';
import {
  ACCOUNT_ID,
  makeIndex,
  refusal,
  REGION,
  sendRaw,
  startService,
  uniqueName,
  type IndexAddress,
  type RunningService,
  type WireAnswer,
} from './running-service';

// Limits and rules that hold for several operations. Sources as in vectors.test.ts; [limits] user guide,
// s3-vectors-limitations.
describe('limits', () => {
  const vectorBucketName = uniqueName('bucket');
  const bucketArn = `arn:aws:s3vectors:${REGION}:${ACCOUNT_ID}:bucket/${vectorBucketName}`;
  let service: RunningService;
  let at: IndexAddress;
  before(async () => {
    service = await startService();
    await service.client.send(new CreateVectorBucketCommand({ vectorBucketName }));
    at = await makeIndex(service, vectorBucketName, 2);
  });
  after(() => service.stop());

  const messageOf = ({ status, error, body }: WireAnswer): string => {
    assert.deepEqual([status, error], [400, 'ValidationException'], JSON.stringify(body));
    return (body as { message: string }).message;
  };
  const constraint = (path: string, words: string): string =>
    `1 validation error detected. Value at '${path}' failed to satisfy constraint: ${words}`;
  const lengthConstraint = (path: string, length: number, min: number, max: number): string =>
    `1 validation error detected. Value with length ${length} at '${path}' failed to satisfy constraint: ` +
    `Member must have length between ${min} and ${max}, inclusive`;

  for (const [operation, max, more] of [
    ['ListVectorBuckets', 500, {}],
    ['ListIndexes', 500, { vectorBucketName }],
  ] as const) {
    it(`of ${operation} are pages of 1 to ${max}, a prefix of 1 to 63 characters and a token of 1 to 512 [model]`, async () => {
      const ask = async (input: object) =>
        messageOf(await sendRaw(service, operation, { ...more, ...input }));
      for (const maxResults of [0, max + 1]) {
        assert.equal(
          await ask({ maxResults }),
          constraint('/maxResults', `Member must be between 1 and ${max}, inclusive`),
        );
      }
      assert.equal(await ask({ prefix: '' }), lengthConstraint('/prefix', 0, 1, 63));
      assert.equal(await ask({ prefix: 'p'.repeat(64) }), lengthConstraint('/prefix', 64, 1, 63));
      assert.equal(await ask({ nextToken: '' }), lengthConstraint('/nextToken', 0, 1, 512));
      assert.equal(await ask({ nextToken: 't'.repeat(513) }), lengthConstraint('/nextToken', 513, 1, 512));
      assert.equal(await ask({ nextToken: 't'.repeat(512) }), 'Invalid page token');
    });
  }

  it('of page tokens are 2,048 characters for ListVectors and 4,096 for QueryVectors [model]', async () => {
    const query = { ...at, topK: 1, queryVector: { float32: [1, 1] } };
    for (const [operation, input, max] of [
      ['ListVectors', at, 2048],
      ['QueryVectors', query, 4096],
    ] as const) {
      const ask = async (length: number) =>
        messageOf(await sendRaw(service, operation, { ...input, nextToken: 't'.repeat(length) }));
      assert.equal(await ask(max), 'Invalid page token');
      assert.equal(await ask(max + 1), lengthConstraint('/nextToken', max + 1, 1, max));
    }
  });

  it('of page tokens of lists are an hour, and their bucket [ours: the service says that tokens expire]', async () => {
    await makeIndex(service, vectorBucketName, 1);
    const list = (nextToken?: string, bucket = vectorBucketName) =>
      service.client.send(new ListIndexesCommand({ vectorBucketName: bucket, maxResults: 1, nextToken }));
    const { nextToken } = await list();
    const other = uniqueName('bucket');
    await service.client.send(new CreateVectorBucketCommand({ vectorBucketName: other }));
    assert.equal((await refusal(list(nextToken, other))).message, 'Invalid page token');
    service.clockAhead = 59 * 60 * 1000;
    try {
      assert.equal((await list(nextToken)).indexes?.length, 1);
      service.clockAhead = 61 * 60 * 1000;
      assert.equal((await refusal(list(nextToken))).message, 'Invalid page token');
    } finally {
      service.clockAhead = 0;
    }
  });

  it('of vector keys are at least one character on every path [model]', async () => {
    const data = { float32: [1, 1] };
    for (const [operation, input, path] of [
      ['PutVectors', { vectors: [{ key: '', data }] }, '/vectors/0/key'],
      ['GetVectors', { keys: [''] }, '/keys/0'],
      ['DeleteVectors', { keys: [''] }, '/keys/0'],
    ] as const) {
      const message = messageOf(await sendRaw(service, operation, { ...at, ...input }));
      assert.equal(message, lengthConstraint(path, 0, 1, 1024));
    }
    assert.match(
      messageOf(await sendRaw(service, 'DeleteVectors', { ...at, keys: [] })),
      /between 1 and 500/,
    );
  });

  it('of tags are 128 characters in a key, at least one, and 256 in a value [model]', async () => {
    const create = (tags: Record<string, string>) =>
      sendRaw(service, 'CreateVectorBucket', { vectorBucketName: uniqueName('bucket'), tags });
    assert.equal((await create({ ['k'.repeat(128)]: 'v'.repeat(256) })).status, 200);
    assert.equal(messageOf(await create({ ['k'.repeat(129)]: '' })), lengthConstraint('/tags', 129, 1, 128));
    assert.equal(messageOf(await create({ '': 'v' })), lengthConstraint('/tags', 0, 1, 128));
    assert.equal(
      messageOf(await create({ key: 'v'.repeat(257) })),
      lengthConstraint('/tags/key', 257, 0, 256),
    );
  });

  it('of encryption are AES256 where no type is given, two types, and key ARNs of 2,048 characters [evidence index-encryption] [model]', async () => {
    const create = (encryptionConfiguration: object) =>
      sendRaw(service, 'CreateIndex', {
        vectorBucketName,
        indexName: uniqueName('index'),
        dataType: 'float32',
        dimension: 1,
        distanceMetric: 'cosine',
        encryptionConfiguration,
      });
    const { body } = await create({});
    const { index } = await service.client.send(new GetIndexCommand(body as { indexArn: string }));
    assert.deepEqual(index?.encryptionConfiguration, { sseType: 'AES256' });
    assert.equal(
      messageOf(await create({ sseType: 'DSSE' })),
      constraint('/encryptionConfiguration/sseType', 'Member must satisfy enum value set: [AES256, aws:kms]'),
    );
    const kmsKeyArn = (length: number) => `arn:aws:kms:${REGION}:${ACCOUNT_ID}:key/`.padEnd(length, 'a');
    assert.equal((await create({ sseType: 'aws:kms', kmsKeyArn: kmsKeyArn(2048) })).status, 200);
    assert.equal(
      messageOf(await create({ sseType: 'aws:kms', kmsKeyArn: kmsKeyArn(2049) })),
      lengthConstraint('/encryptionConfiguration/kmsKeyArn', 2049, 1, 2048),
    );
  });

  it('of buckets are 10,000 in a Region, listed 500 a page where nothing else is asked for [limits]', async () => {
    const full = await startService(async (dataDir) => {
      const database = openDatabase(dataDir);
      const bucket = { creationTime: 0, encryption: { sseType: 'AES256' }, tags: {} };
      await database.commit(() => {
        for (let n = 1; n < 10_000; n += 1) {
          const name = `bucket-${n}`;
          void database.catalog.put(`bucket/${name}`, { ...bucket, name });
        }
      });
      await database.close();
    });
    try {
      const create = (name: string) =>
        full.client.send(new CreateVectorBucketCommand({ vectorBucketName: name }));
      await create('the-last-one');
      const refused = await refusal(create('one-too-many'));
      assert.deepEqual([refused.name, refused.status], ['ServiceQuotaExceededException', 402]);
      const { vectorBuckets, nextToken } = await full.client.send(new ListVectorBucketsCommand({}));
      assert.equal(vectorBuckets?.length, 500);
      assert.ok(nextToken !== undefined);
    } finally {
      await full.stop();
    }
  });

  it('of indexes are 10,000 in a bucket, listed 500 a page where nothing else is asked for [limits]', async () => {
    const full = await startService(async (dataDir) => {
      const database = openDatabase(dataDir);
      const common = { creationTime: 0, encryption: { sseType: 'AES256' }, tags: {} };
      const shape = {
        dimension: 1,
        distanceMetric: 'cosine',
        dataType: 'float32',
        nonFilterableMetadataKeys: [],
      };
      await database.commit(() => {
        for (const name of ['full', 'other']) {
          void database.catalog.put(`bucket/${name}`, { ...common, name });
        }
        for (let id = 1; id < 10_000; id += 1) {
          const index = { ...common, id, bucketName: 'full', name: `index-${id}`, shape };
          void database.catalog.put(`index/full/${index.name}`, index);
        }
        void database.catalog.put('last-index-id', 9_999);
      });
      await database.close();
    });
    try {
      const make = (bucket: string) => makeIndex(full, bucket, 1);
      await make('full');
      const refused = await refusal(make('full'));
      assert.deepEqual([refused.name, refused.status], ['ServiceQuotaExceededException', 402]);
      await make('other');
      const { indexes, nextToken } = await full.client.send(
        new ListIndexesCommand({ vectorBucketName: 'full' }),
      );
      assert.equal(indexes?.length, 500);
      assert.ok(nextToken !== undefined);
    } finally {
      await full.stop();
    }
  });

  it('of numbers: what is no list of them is refused, such as a Float32Array sent by JSON.stringify', async () => {
    for (const float32 of [{ 0: 1, 1: 1 }, '[1,1]', [1, '1'], [1, null], [1, true]]) {
      const answer = await sendRaw(service, 'PutVectors', {
        ...at,
        vectors: [{ key: 'k', data: { float32 } }],
      });
      assert.deepEqual([answer.status, answer.error], [400, 'SerializationException']);
    }
  });

  it('of metadata values: null is refused, and a key named __proto__ is one like others', async () => {
    const put = (metadata: string) =>
      fetch(`${service.server.url}/PutVectors`, {
        method: 'POST',
        body: `{"vectorBucketName":"${at.vectorBucketName}","indexName":"${at.indexName}","vectors":[{"key":"p","data":{"float32":[1,1]},"metadata":${metadata}}]}`,
      });
    assert.deepEqual(await (await put('{"a":null}')).json(), {
      message: "Invalid record for key 'p': Metadata values must be strings, numbers, booleans, or arrays",
      fieldList: [
        {
          path: 'vectors[0].metadata',
          message: 'Metadata values must be strings, numbers, booleans, or arrays',
        },
      ],
    });
    assert.equal((await put('{"__proto__":"x","b":1}')).status, 200);
    const filter = { ['__proto__']: 'x' };
    const answer = await sendRaw(service, 'QueryVectors', {
      ...at,
      topK: 1,
      queryVector: { float32: [1, 1] },
      filter,
      returnMetadata: true,
    });
    assert.deepEqual(
      JSON.stringify((answer.body as { vectors: { metadata: unknown }[] }).vectors),
      '[{"key":"p","metadata":{"__proto__":"x","b":1}}]',
    );
  });

  describe('of naming', () => {
    it('allow name and ARN alike for every operation on vectors, and a token of one for the other [moto]', async () => {
      const { client } = service;
      const address = await makeIndex(service, vectorBucketName, 1, 'euclidean');
      const byArn = { indexArn: `${bucketArn}/index/${address.indexName}` };
      const vectors = Array.from({ length: 150 }, (_, n) => ({ key: `k${n}`, data: { float32: [n] } }));
      await client.send(new PutVectorsCommand({ ...byArn, vectors }));
      const got = await client.send(new GetVectorsCommand({ ...byArn, keys: ['k1'] }));
      assert.deepEqual(got.vectors, [{ key: 'k1' }]);
      const list = await client.send(new ListVectorsCommand({ ...byArn, maxResults: 100 }));
      const rest = await client.send(new ListVectorsCommand({ ...address, nextToken: list.nextToken }));
      assert.equal(rest.vectors?.length, 50);
      const query = { queryVector: { float32: [0] }, topK: 150 };
      const first = await client.send(new QueryVectorsCommand({ ...byArn, ...query }));
      const second = await client.send(
        new QueryVectorsCommand({ ...address, ...query, nextToken: first.nextToken }),
      );
      assert.equal(second.vectors?.length, 50);
      await client.send(new DeleteVectorsCommand({ ...byArn, keys: vectors.map(({ key }) => key) }));
      assert.deepEqual((await client.send(new ListVectorsCommand(address))).vectors, []);
    });

    it('refuse name and ARN together, or neither, for every operation on vectors [moto]', async () => {
      const indexArn = `${bucketArn}/index/${at.indexName}`;
      const inputs = {
        PutVectors: { vectors: [{ key: 'k', data: { float32: [1, 1] } }] },
        GetVectors: { keys: ['k'] },
        DeleteVectors: { keys: ['k'] },
        ListVectors: {},
        QueryVectors: { topK: 1, queryVector: { float32: [1, 1] } },
        DeleteIndex: {},
      };
      for (const [operation, input] of Object.entries(inputs)) {
        for (const naming of [{}, { ...at, indexArn }, { indexName: at.indexName }]) {
          assert.equal(
            messageOf(await sendRaw(service, operation, { ...input, ...naming })),
            'Must specify either indexArn or both vectorBucketName and indexName',
            operation,
          );
        }
      }
    });

    it('do not find an index by the ARN of another account, Region or partition', async () => {
      const own = `${bucketArn}/index/${at.indexName}`;
      for (const indexArn of [
        own.replace(ACCOUNT_ID, '210987654321'),
        own.replace(REGION, 'eu-central-1'),
        own.replace('arn:aws:', 'arn:aws-cn:'),
      ]) {
        const refused = await refusal(service.client.send(new GetIndexCommand({ indexArn })));
        assert.equal(refused.message, 'The specified index could not be found');
      }
    });

    it('find no bucket to create an index in, where it is named in two ways or none [moto]', async () => {
      const shape = {
        indexName: 'index',
        dataType: 'float32',
        dimension: 1,
        distanceMetric: 'cosine',
      } as const;
      for (const naming of [{}, { vectorBucketName, vectorBucketArn: bucketArn }]) {
        assert.equal(
          (await refusal(service.client.send(new CreateIndexCommand({ ...shape, ...naming })))).message,
          'Must specify either vectorBucketName or vectorBucketArn but not both',
        );
      }
    });
  });

  it('of what a read sees: a write that was acknowledged, on every path, however many write at once [user guide, s3-vectors]', async () => {
    const address = await makeIndex(service, vectorBucketName, 1, 'euclidean');
    const { client } = service;
    const writer = async (name: string, place: number) => {
      for (let round = 0; round < 8; round += 1) {
        const key = `${name}-${round % 3}`;
        const float32 = [place + round / 16];
        const metadata = { writer: name, round };
        await client.send(
          new PutVectorsCommand({ ...address, vectors: [{ key, data: { float32 }, metadata }] }),
        );
        const [[got], listed, [found]] = await Promise.all([
          client
            .send(new GetVectorsCommand({ ...address, keys: [key], returnData: true, returnMetadata: true }))
            .then(({ vectors = [] }) => vectors),
          client
            .send(new ListVectorsCommand({ ...address, returnMetadata: true }))
            .then(({ vectors = [] }) => vectors),
          client
            .send(
              new QueryVectorsCommand({
                ...address,
                topK: 1,
                queryVector: { float32 },
                filter: { $and: [{ writer: name }, { round }] },
                returnMetadata: true,
              }),
            )
            .then(({ vectors = [] }) => vectors),
        ]);
        assert.deepEqual(got, { key, data: { float32 }, metadata });
        assert.deepEqual(listed.find((vector) => vector.key === key)?.metadata, metadata);
        assert.deepEqual(found, { key, metadata });
        if (round % 2 === 1) {
          await client.send(new DeleteVectorsCommand({ ...address, keys: [key] }));
          const { vectors } = await client.send(new GetVectorsCommand({ ...address, keys: [key] }));
          assert.deepEqual(vectors, []);
        }
      }
    };
    await Promise.all(Array.from({ length: 6 }, (_, n) => writer(`writer-${n}`, n * 10)));
  });

  describe('of tags on the wire', () => {
    const tagsUrl = () => `${service.server.url}/tags/${encodeURIComponent(bucketArn)}`;

    it('need keys to remove [model]', async () => {
      const answer = await fetch(tagsUrl(), { method: 'DELETE' });
      assert.equal(answer.status, 400);
      assert.equal(
        ((await answer.json()) as { message: string }).message,
        constraint('/tagKeys', 'Member must not be null'),
      );
    });

    it('need an object to set', async () => {
      for (const body of ['[]', '"x"', 'null']) {
        const answer = await fetch(tagsUrl(), { method: 'POST', body });
        assert.deepEqual(
          [answer.status, answer.headers.get('x-amzn-errortype')],
          [400, 'SerializationException'],
        );
      }
    });

    it('need a path that is escaped UTF-8', async () => {
      for (const path of ['/tags/%E0%A4%A', '/model/%E0%A4%A/invoke']) {
        const answer = await fetch(service.server.url + path, { method: 'POST', body: '{}' });
        assert.equal(answer.status, 400, path);
      }
    });

    it('keep a tag that is named __proto__', async () => {
      const answer = await fetch(tagsUrl(), { method: 'POST', body: '{"tags":{"__proto__":"x"}}' });
      assert.equal(answer.status, 200);
      assert.equal(await (await fetch(tagsUrl())).text(), '{"tags":{"__proto__":"x"}}');
    });
  });
});
