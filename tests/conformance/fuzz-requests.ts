// Requests that are almost right: valid ones of every operation, with something about them changed.
import type { Random } from '../unit/s3vectors/random';

/** What goes over a connection. */
export interface FuzzedRequest {
  /** Pieces that are sent one after the other, with a pause between. */
  readonly pieces: readonly Buffer[];
  /** False when the client goes away without waiting for an answer, because none may ever come. */
  readonly awaitsAnswer: boolean;
}

interface Draft {
  method: string;
  path: string;
  headers: [string, string][];
  body: Buffer;
}

const bucket = { vectorBucketName: 'fuzz-bucket' };
const index = { ...bucket, indexName: 'fuzz-index' };
const arn = 'arn:aws:s3vectors:us-east-1:000000000000:bucket/fuzz-bucket';
const numbers = [0.5, -1, 3e-7, 4];
const target = (name: string): Record<string, string> => ({ 'x-amz-target': `CloudApiService.${name}` });

type Base = readonly [path: string, body: unknown, headers?: Record<string, string>, method?: string];
const bases: readonly Base[] = [
  ['/CreateVectorBucket', { ...bucket, encryptionConfiguration: { sseType: 'AES256' }, tags: { a: 'b' } }],
  ['/GetVectorBucket', bucket],
  ['/DeleteVectorBucket', { vectorBucketName: 'fuzz-other' }],
  ['/ListVectorBuckets', { maxResults: 5, prefix: 'fuzz', nextToken: 'eyJ4IjoxfQ' }],
  ['/PutVectorBucketPolicy', { ...bucket, policy: '{"Version":"2012-10-17","Statement":[]}' }],
  ['/GetVectorBucketPolicy', { vectorBucketArn: arn }],
  ['/DeleteVectorBucketPolicy', bucket],
  ['/PutVectorBucketDefaultIndexMode', { ...bucket, defaultIndexMode: 'ENHANCED' }],
  [
    '/CreateIndex',
    {
      ...{ ...bucket, indexName: 'fuzz-new', dataType: 'float32', dimension: 4, distanceMetric: 'cosine' },
      metadataConfiguration: { nonFilterableMetadataKeys: ['text'] },
    },
  ],
  ['/GetIndex', { indexArn: `${arn}/index/fuzz-index` }],
  ['/DeleteIndex', { ...bucket, indexName: 'fuzz-new' }],
  ['/ListIndexes', { ...bucket, maxResults: 3 }],
  ['/UpdateIndexMode', { ...index, indexMode: 'ENHANCED' }],
  [
    '/PutVectors',
    {
      ...index,
      vectors: [
        {
          key: 'a',
          data: { float32: numbers },
          metadata: { genre: 'x', year: 1999, list: ['a', 1], flag: true },
        },
        { key: 'b', data: { float32: [1, 2, 3, 4] } },
      ],
    },
  ],
  ['/GetVectors', { ...index, keys: ['a', 'b'], returnData: true, returnMetadata: true }],
  ['/DeleteVectors', { ...index, keys: ['b'] }],
  ['/ListVectors', { ...index, maxResults: 10, segmentCount: 4, segmentIndex: 1, returnData: true }],
  [
    '/QueryVectors',
    {
      ...{ ...index, topK: 3, queryVector: { float32: numbers }, returnDistance: true, returnMetadata: true },
      filter: {
        $and: [{ genre: { $in: ['x', 'y'] } }, { year: { $gt: 1990 } }, { $or: [{ flag: true }, { a: 1 }] }],
      },
    },
  ],
  [`/tags/${encodeURIComponent(arn)}`, { tags: { a: 'b' } }],
  [`/tags/${encodeURIComponent(arn)}`, '', {}, 'GET'],
  [`/tags/${encodeURIComponent(arn)}?tagKeys=a&tagKeys=b`, '', {}, 'DELETE'],
  ['/_local/health', '', {}, 'GET'],
  [
    '/',
    { TypeName: 'AWS::S3Vectors::VectorBucket', DesiredState: '{"VectorBucketName":"fuzz-cloud"}' },
    target('CreateResource'),
  ],
  ['/', { TypeName: 'AWS::S3Vectors::VectorBucket', Identifier: arn }, target('GetResource')],
  [
    '/',
    {
      TypeName: 'AWS::S3Vectors::VectorBucket',
      Identifier: arn,
      PatchDocument: '[{"op":"add","path":"/Tags","value":[]}]',
    },
    target('UpdateResource'),
  ],
  ['/', { TypeName: 'AWS::S3Vectors::Index', Identifier: `${arn}/index/none` }, target('DeleteResource')],
  [
    '/',
    { TypeName: 'AWS::S3Vectors::Index', MaxResults: 4, ResourceModel: `{"VectorBucketArn":"${arn}"}` },
    target('ListResources'),
  ],
  ['/', { RequestToken: 'none' }, target('GetResourceRequestStatus')],
  ['/model/amazon.titan-embed-text-v2:0/invoke', { inputText: 'some words', dimensions: 256 }],
  ['/model/amazon.titan-embed-text-v1/invoke', { inputText: 'some words' }],
  ['/model/cohere.embed-english-v3/invoke', { texts: ['some', 'words'], input_type: 'search_query' }],
  [
    '/model/amazon.nova-2-multimodal-embeddings-v1:0/invoke',
    {
      taskType: 'SINGLE_EMBEDDING',
      singleEmbeddingParams: {
        ...{ embeddingPurpose: 'GENERIC_INDEX', embeddingDimension: 256 },
        text: { truncationMode: 'END', value: 'some words' },
      },
    },
  ],
];

/** A request with none, one or several things changed. */
export function fuzzedRequest(random: Random): FuzzedRequest {
  const [path, content, headers = {}, method = 'POST'] = random.one(bases);
  const text = content === '' ? '' : JSON.stringify(content);
  const draft: Draft = {
    method,
    path,
    headers: [['host', 'localhost'], ['content-type', 'application/json'], ...Object.entries(headers)],
    body: Buffer.from(text),
  };
  if (text !== '' && random.chance(0.5)) draft.body = Buffer.from(changedJson(content, random));
  if (random.chance(0.3)) draft.body = changedBytes(draft.body, random);
  if (random.chance(0.15)) draft.path = changedPath(draft.path, random);
  if (random.chance(0.1)) draft.method = random.one(METHODS);
  if (random.chance(0.2)) changeHeaders(draft, random);
  return framed(draft, random);
}

/** Requests whose every part is wrong, in bodies of about so many bytes. */
export function allMistakes(bytes: number): { name: string; operation: string; body: string }[] {
  const many = (part: string): string =>
    new Array(Math.floor(bytes / (part.length + 1))).fill(part).join(',');
  const numbered = (part: (n: number) => string): string =>
    Array.from({ length: Math.floor(bytes / (part(100_000).length + 1)) }, (_, n) => part(n)).join(',');
  const at = JSON.stringify(index).slice(0, -1);
  const query = (filter: string) => `${at},"topK":1,"queryVector":{"float32":[1,2,3,4]},"filter":${filter}}`;
  const put = (metadata: string) =>
    `${at},"vectors":[{"key":"a","data":{"float32":[1,2,3,4]},"metadata":${metadata}}]}`;
  const long = 'k'.repeat(bytes / 3);
  const bodies: Record<string, [operation: string, body: string]> = {
    'a list of lists as metadata': ['PutVectors', put(`{"x":[${many('[]')}]}`)],
    'a list of lists below a long key': ['PutVectors', put(`{"${long}":[${many('[]').slice(-bytes / 3)}]}`)],
    'a list of lists beside an escaped pair': ['PutVectors', put(`{"x":["\\ud83d\\ude00",${many('[]')}]}`)],
    'many keys': ['PutVectors', put(`{${numbered((n) => `"${n}":[]`)}}`)],
    'many lists called float32': [
      'PutVectors',
      `${at},"vectors":[{"key":"a","data":{${many('"float32":[1]')}}}]}`,
    ],
    'empty vectors': ['PutVectors', `${at},"vectors":[${many('{}')}]}`],
    'empty conditions': ['QueryVectors', query(`{"$or":[${many('{}')}]}`)],
    'more conditions than allowed': ['QueryVectors', query(`{"$or":[${many('{"a":1}')}]}`)],
    'lists in a list of values': ['QueryVectors', query(`{"a":{"$in":[${many('[]')}]}}`)],
    'many operators': ['QueryVectors', query(`{"a":{${numbered((n) => `"$${n}":1`)}}}`)],
    'conditions beside one another': ['QueryVectors', query(`{${numbered((n) => `"k${n}":1`)}}`)],
    'bad tags': [
      'CreateVectorBucket',
      `{"vectorBucketName":"fuzz-tags","tags":{${numbered((n) => `"#${n}":"#"`)}}}`,
    ],
    'a long bad tag': ['CreateVectorBucket', `{"vectorBucketName":"fuzz-tags","tags":{"${long}":"#"}}`],
    'many keys to get': ['GetVectors', `${at},"keys":[${many('""')}]}`],
  };
  return Object.entries(bodies).map(([name, [operation, body]]) => ({ name, operation, body }));
}

const METHODS = [
  'GET',
  'PUT',
  'DELETE',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'TRACE',
  'PROPFIND',
  'post',
  'CONNECT',
  '',
  'P OST',
  'POST\0',
  'Ж',
];

/** JSON texts that stand where something else stood. */
function oddText(random: Random): string {
  const deep = random.one([10, 1_000, 20_000]);
  return random.one([
    ...[
      'null',
      'true',
      '0',
      '-0',
      '-1',
      '1e400',
      '-1e400',
      '1e-400',
      '1.5',
      '2147483648',
      '9007199254740993',
      '1e308',
    ],
    ...[
      '01',
      '+1',
      '.5',
      'NaN',
      'Infinity',
      '0x10',
      '""',
      '" "',
      '"NaN"',
      '"-Infinity"',
      '[]',
      '{}',
      '[[]]',
      '[null]',
      '{"":{}}',
    ],
    ...[
      '"\\ud800"',
      '"\\udc00x"',
      '"\\u0000"',
      '"é😀"',
      '"__proto__"',
      '{"__proto__":{"a":1}}',
      '{"constructor":1}',
      '{"toString":null}',
    ],
    ...[
      '{"$and":[]}',
      '{"$or":{}}',
      '{"$nope":1}',
      '{"a":{"$gt":{}}}',
      '{"a":{"$in":[]}}',
      '{"a":{"$exists":"x"}}',
      '{"a":{}}',
    ],
    ...[
      '"[{\\"op\\":\\"move\\",\\"from\\":\\"/\\",\\"path\\":\\"/a/b\\"}]"',
      '"{}"',
      '"[]"',
      '"null"',
      '"{\\"Tags\\":7}"',
    ],
    '['.repeat(deep) + ']'.repeat(deep),
    '{"a":'.repeat(deep) + '1' + '}'.repeat(deep),
    '{"$and":['.repeat(deep) + '{"a":1}' + ']}'.repeat(deep),
    `"${'x'.repeat(random.one([64, 1_025, 70_000, 1_000_000]))}"`,
    `[${'0.1,'.repeat(random.one([10, 5_000, 100_000]))}1]`,
    `{${Array.from({ length: 200 }, (_, n) => `"k${n}":${n}`).join(',')}}`,
    JSON.stringify(String.fromCodePoint(...Array.from({ length: 5 }, () => 32 + random.below(50_000)))),
    String(random.bits() - 2 ** 31),
    `${random.bits()}.${random.bits()}e${random.below(400) - 200}`,
  ]);
}

/** The text of a value in which some members have odd values or names, are gone, or are there twice. */
function changedJson(value: unknown, random: Random): string {
  const rate = random.one([0.05, 0.2, 0.5]);
  const write = (one: unknown): string => {
    if (random.chance(rate)) return oddText(random);
    if (Array.isArray(one)) return `[${one.map(write).join(',')}]`;
    if (typeof one !== 'object' || one === null) return JSON.stringify(one);
    const members = Object.entries(one).flatMap(([name, member]) => {
      if (random.chance(rate / 3)) return [];
      const written = `${JSON.stringify(name)}:${write(member)}`;
      if (random.chance(rate / 4)) return [written, `${JSON.stringify(name)}:${oddText(random)}`];
      return [random.chance(rate / 4) ? `${random.one(ODD_NAMES)}:${write(member)}` : written];
    });
    return `{${members.join(random.one([',', ',', ' ,\n']))}}`;
  };
  const members = write(value);
  return members;
}

const ODD_NAMES = [
  '"\\u0066loat32"',
  '"__proto__"',
  '""',
  '"float32"',
  '"\\ud800"',
  '"queryTexts"',
  '"$and"',
  '"constructor"',
];

function changedBytes(bytes: Buffer, random: Random): Buffer {
  let changed = bytes;
  for (let left = 1 + random.below(4); left > 0; left -= 1) {
    const at = random.below(changed.length + 1);
    const [before, behind] = [changed.subarray(0, at), changed.subarray(at)];
    const noise = Buffer.from(Array.from({ length: 1 + random.below(8) }, () => random.below(256)));
    changed = random.one([
      Buffer.concat([before, noise, behind.subarray(noise.length)]),
      Buffer.concat([before, noise, behind]),
      Buffer.concat([before, behind.subarray(1 + random.below(20))]),
      Buffer.from(before),
      Buffer.concat([before, behind, behind]),
      Buffer.concat([
        before,
        Buffer.from(random.one(['"', '{', '}', '[', ']', ',', ':', '\\', '\ufeff', '\0'])),
        behind,
      ]),
    ]);
  }
  return changed;
}

function changedPath(path: string, random: Random): string {
  return random.one([
    ...[
      '',
      '*',
      '/',
      '//',
      '/../..',
      '/%',
      '/%00',
      '/tags/',
      '/tags/%ff',
      '/tags/%',
      '/model//invoke',
      '/model/%/invoke',
    ],
    ...[
      '/_local/health/',
      '/_local/',
      '/_local/clock',
      'http://other.test/GetIndex',
      '/GetIndex#x',
      '/__proto__',
      '/constructor',
    ],
    `${path}/`,
    `${path}?a=b&a[]=c&__proto__=d&tagKeys=`,
    path.toLowerCase(),
    path.slice(0, 1 + random.below(path.length)),
    `/${'x'.repeat(random.one([1_000, 90_000, 200_000]))}`,
    path + String.fromCharCode(random.below(256)),
  ]);
}

function changeHeaders(draft: Draft, random: Random): void {
  const added: readonly [string, string] = random.one([
    ['x-amz-target', 'CloudApiService.Nope'],
    ['x-amz-target', 'CloudApiService.__proto__'],
    ['x-amz-target', 'x'],
    ['content-encoding', 'gzip'],
    ['content-type', 'text/\0'],
    ['origin', 'http://page.test'],
    ['authorization', 'AWS4-HMAC-SHA256 Credential=/////, SignedHeaders=, Signature='],
    ['authorization', `AWS4-HMAC-SHA256 Credential=${'A'.repeat(5_000)}`],
    ['x-amz-security-token', '='.repeat(3_000)],
    ['connection', 'upgrade'],
    ['upgrade', 'h2c'],
    ['expect', '100-continue'],
    ['expect', 'nothing'],
    ['transfer-encoding', 'identity'],
    ['cookie', 'x'.repeat(random.one([100, 50_000, 200_000]))],
    ['a\nb', 'c'],
    ['', ''],
    ['x-é', 'é'],
  ]);
  draft.headers.push([...added]);
  if (random.chance(0.1)) for (let n = 0; n < 3_000; n += 1) draft.headers.push([`x-${n}`, '']);
  if (random.chance(0.1)) draft.headers = draft.headers.filter(() => random.chance(0.5));
}

/** How the body is announced and sent: properly mostly, else with a wrong length, in wrong chunks, slowly or in part. */
function framed(draft: Draft, random: Random): FuzzedRequest {
  const { method, path, headers, body } = draft;
  const frame = random.below(20);
  const head = (...more: [string, string][]): Buffer => {
    const lines = [...headers, ...more, ['connection', 'close']].map(
      ([name = '', value = '']) => `${name}: ${value}`,
    );
    return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  };
  const chunked: [string, string] = ['transfer-encoding', 'chunked'];
  const length = (bytes: number | string): [string, string] => ['content-length', String(bytes)];
  if (frame === 0)
    return { pieces: [head(length(body.length + 1 + random.below(1_000))), body], awaitsAnswer: false };
  if (frame === 1) return { pieces: [head(length(random.below(body.length + 1))), body], awaitsAnswer: true };
  if (frame === 2) {
    const odd = random.one(['-1', 'x', '1e3', '99999999999999999999', '0x10', '', '20971521', '1, 2']);
    return { pieces: [head(length(odd)), body], awaitsAnswer: false };
  }
  if (frame === 3) {
    const size = random.one([body.length.toString(16), 'zz', '-1', 'fffffffffffffffff', '0']);
    const chunk = Buffer.concat([Buffer.from(`${size}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')]);
    return {
      pieces: [head(chunked), chunk],
      awaitsAnswer: size === body.length.toString(16) && body.length > 0,
    };
  }
  if (frame === 4) return { pieces: [head(chunked, length(body.length)), body], awaitsAnswer: false };
  const whole = Buffer.concat([head(length(body.length)), body]);
  if (frame === 5) return { pieces: [changedBytes(whole, random)], awaitsAnswer: false };
  if (frame === 6) return { pieces: [whole.subarray(0, random.below(whole.length))], awaitsAnswer: false };
  if (frame === 7) {
    const at = random.below(whole.length);
    const then = at + random.below(whole.length - at);
    return {
      pieces: [whole.subarray(0, at), whole.subarray(at, then), whole.subarray(then)],
      awaitsAnswer: true,
    };
  }
  if (frame === 8) return { pieces: [Buffer.concat([whole, whole])], awaitsAnswer: true };
  return { pieces: [whole], awaitsAnswer: true };
}
