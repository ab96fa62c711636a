import assert from 'node:assert/strict';
import {
  CreateIndexCommand,
  CreateVectorBucketCommand,
  DeleteIndexCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-s3vectors';
import { after, before, describe, it } from 'mocha';
import {
  ACCOUNT_ID,
  refusal,
  REGION,
  startService,
  uniqueName,
  type RunningService,
} from './running-service';

// Sources as in buckets.test.ts; the rules were measured: docs/evidence/tag-rules.md of
// FarukAda/aws-langchain-s3-vector-ts.
describe('tags', () => {
  let service: RunningService;
  before(async () => {
    service = await startService();
  });
  after(() => service.stop());

  const bucketWith = async (tags?: Record<string, string>): Promise<string> =>
    (
      await service.client.send(
        new CreateVectorBucketCommand({ vectorBucketName: uniqueName('bucket'), tags }),
      )
    ).vectorBucketArn!;
  const tagsOf = async (resourceArn: string) =>
    (await service.client.send(new ListTagsForResourceCommand({ resourceArn }))).tags;

  it('of a bucket and of an index are set at creation, added to, replaced and removed [moto]', async () => {
    const bucketArn = await bucketWith({ env: 'dev', team: 'search' });
    const { indexArn } = await service.client.send(
      new CreateIndexCommand({
        vectorBucketArn: bucketArn,
        indexName: 'tagged',
        dataType: 'float32',
        dimension: 2,
        distanceMetric: 'cosine',
        tags: { env: 'dev', team: 'search' },
      }),
    );
    for (const resourceArn of [bucketArn, indexArn!]) {
      assert.deepEqual(await tagsOf(resourceArn), { env: 'dev', team: 'search' });
      await service.client.send(new TagResourceCommand({ resourceArn, tags: { env: 'prod', owner: 'me' } }));
      assert.deepEqual(await tagsOf(resourceArn), { env: 'prod', team: 'search', owner: 'me' });
      await service.client.send(new UntagResourceCommand({ resourceArn, tagKeys: ['team', 'absent'] }));
      assert.deepEqual(await tagsOf(resourceArn), { env: 'prod', owner: 'me' });
    }
  });

  it('are an empty map where there are none [moto]', async () => {
    assert.deepEqual(await tagsOf(await bucketWith()), {});
  });

  it('may use every documented class of characters', async () => {
    const tags = {
      'Ünï cödé_.:/=+-@9': 'välue 1_.:/=+-@',
      team: '',
      'k𝒜': 'v𝒜',
      value: 'aws:x',
      ' team': 'x',
    };
    assert.deepEqual(await tagsOf(await bucketWith(tags)), tags);
  });

  it('can be removed when their keys hold characters that are escaped in a URL', async () => {
    const resourceArn = await bucketWith({ 'a/b c+d=é': '1', keep: '2' });
    await service.client.send(new UntagResourceCommand({ resourceArn, tagKeys: ['a/b c+d=é'] }));
    assert.deepEqual(await tagsOf(resourceArn), { keep: '2' });
  });

  it('are at most 50, also when they are added one by one', async () => {
    const tags = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`k${at}`, 'v']));
    const resourceArn = await bucketWith(tags);
    await service.client.send(new TagResourceCommand({ resourceArn, tags: { k0: 'changed' } }));
    const one = service.client.send(new TagResourceCommand({ resourceArn, tags: { another: 'v' } }));
    assert.equal((await refusal(one)).message, 'Too many tags specified');
    assert.equal((await refusal(bucketWith({ ...tags, k50: 'v' }))).message, 'Too many tags specified');
  });

  it('cannot be those of the system', async () => {
    const lower = await refusal(bucketWith({ 'aws:owner': 'x' }));
    assert.equal(lower.message, 'System tags cannot be added/updated by requester');
    const upper = await refusal(bucketWith({ 'AWS:owner': 'x' }));
    assert.equal(upper.message, 'Invalid System Tag: AWS:owner must be prefixed with "aws:" in lowercase.');
  });

  it('are refused with other characters, naming the key whose value is wrong', async () => {
    const pattern = 'Member must satisfy regular expression pattern: ^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$';
    const others = Array.from('!"#$%&\'()*,;<>?[\\]^`{|}~');
    for (const value of ['tab\t', 'line\n', 'emoji 😀', ...others]) {
      const refused = await refusal(bucketWith({ team: value }));
      assert.equal(refused.fieldList?.[0]?.path, '/tags/team', value);
      assert.ok(refused.message.endsWith(pattern), value);
    }
    for (const key of ['#', '&', '!', '*']) {
      assert.equal((await refusal(bucketWith({ [key]: 'x' }))).fieldList?.[0]?.path, '/tags');
    }
  });

  it('of what does not exist, or is another account’s, are not found [moto]', async () => {
    const bucketArn = `arn:aws:s3vectors:${REGION}:${ACCOUNT_ID}:bucket/${uniqueName('bucket')}`;
    const foreign = (await bucketWith()).replace(ACCOUNT_ID, '210987654321');
    for (const resourceArn of [bucketArn, `${bucketArn}/index/none`, foreign, 'not-an-arn']) {
      const requests = [
        () => service.client.send(new ListTagsForResourceCommand({ resourceArn })),
        () => service.client.send(new TagResourceCommand({ resourceArn, tags: { k: 'v' } })),
        () => service.client.send(new UntagResourceCommand({ resourceArn, tagKeys: ['k'] })),
      ];
      for (const request of requests) assert.equal((await refusal(request())).name, 'NotFoundException');
    }
  });

  it('go with the resource [moto]', async () => {
    const vectorBucketArn = await bucketWith();
    const input = {
      indexName: 'again',
      dataType: 'float32',
      dimension: 1,
      distanceMetric: 'cosine',
    } as const;
    const { indexArn } = await service.client.send(
      new CreateIndexCommand({ vectorBucketArn, ...input, tags: { type: 'index' } }),
    );
    await service.client.send(new DeleteIndexCommand({ indexArn }));
    assert.equal((await refusal(tagsOf(indexArn!))).name, 'NotFoundException');
    await service.client.send(new CreateIndexCommand({ vectorBucketArn, ...input }));
    assert.deepEqual(await tagsOf(indexArn!), {});
  });
});
