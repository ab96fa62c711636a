// Access requests with policies around them, generated from a seed: the vocabulary of this product (S3, S3 Vectors,
// KMS, IAM, Bedrock), spelled in all the ways in which people and attackers spell it.
import type { AccessRequest } from '../../../../contract/iam/evaluator/evaluate';
import type { Conditions, PolicyDocument, Principal, Statement } from '../../../../contract/iam/document';

export interface GeneratedRequest {
  readonly request: AccessRequest & { readonly resourceAccount: string };
  readonly identity: readonly PolicyDocument[];
  readonly boundary?: PolicyDocument;
  /** Passed when the role was assumed. */
  readonly session?: PolicyDocument;
  readonly resource?: PolicyDocument;
}

const OURS = '111122223333';
const OTHERS = '444455556666';
const MODEL = 'arn:aws:bedrock:eu-west-1::foundation-model';

/** Actions with resources that they act on; `*` where they take none. */
const TARGETS: readonly (readonly [readonly string[], readonly string[]])[] = [
  [
    ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:GetObjectVersion'],
    [
      'arn:aws:s3:::acme-dev-vector-docs/embeddings/a.json',
      'arn:aws:s3:::acme-logs/2026/x',
      'arn:aws:s3:::acme-dev-vector-docs/home/ada/notes.txt',
    ],
  ],
  [
    ['s3:ListBucket', 's3:PutBucketPolicy', 's3:CreateBucket', 's3:GetBucketTagging'],
    ['arn:aws:s3:::acme-dev-vector-docs', 'arn:aws:s3:::acme-prod-vector-docs', 'arn:aws:s3:::acme-logs'],
  ],
  [
    ['s3vectors:QueryVectors', 's3vectors:PutVectors', 's3vectors:GetIndex', 's3vectors:CreateIndex'],
    [
      `arn:aws:s3vectors:eu-west-1:${OURS}:bucket/acme-dev-vector-docs/index/episodes`,
      `arn:aws:s3vectors:us-east-1:${OURS}:bucket/acme-prod-vector-docs/index/episodes`,
    ],
  ],
  [
    ['s3vectors:CreateVectorBucket', 's3vectors:DeleteVectorBucket', 's3vectors:ListIndexes'],
    [`arn:aws:s3vectors:eu-west-1:${OURS}:bucket/acme-dev-vector-docs`],
  ],
  [
    ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:PutKeyPolicy', 'kms:DescribeKey'],
    [`arn:aws:kms:eu-west-1:${OURS}:key/1234abcd`, `arn:aws:kms:us-east-1:${OURS}:key/9876fedc`],
  ],
  [
    ['iam:PassRole', 'iam:GetRole', 'iam:PutRolePolicy'],
    [`arn:aws:iam::${OURS}:role/acme-worker`, `arn:aws:iam::${OURS}:role/service/acme-deployer`],
  ],
  [['iam:CreatePolicy', 'iam:GetPolicy'], [`arn:aws:iam::${OURS}:policy/acme-s3-vector-management`]],
  [
    ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'],
    [`${MODEL}/amazon.titan-embed-text-v2:0`, `${MODEL}/cohere.embed-v4:0`],
  ],
  [['s3:ListAllMyBuckets', 's3vectors:ListVectorBuckets', 'kms:ListKeys', 'iam:ListRoles'], ['*']],
];
const ALL_ACTIONS = TARGETS.flatMap(([actions]) => actions);
const ALL_RESOURCES = TARGETS.flatMap(([, resources]) => resources);

/** Services of the vocabulary whose resources carry a policy. */
const HAS_RESOURCE_POLICY = /^(s3|s3vectors|kms):/;

const USER = `arn:aws:iam::${OURS}:user/ada`;
const SESSION = `arn:aws:sts::${OURS}:assumed-role/acme-worker/run-1`;
const STRANGER = `arn:aws:iam::${OTHERS}:user/eve`;
const CALLERS: readonly AccessRequest['caller'][] = [
  { kind: 'aws', arn: USER },
  { kind: 'aws', arn: USER },
  { kind: 'aws', arn: SESSION },
  { kind: 'aws', arn: SESSION },
  { kind: 'aws', arn: STRANGER },
  { kind: 'service', name: 'lambda.amazonaws.com' },
  { kind: 'anonymous' },
];
const PRINCIPALS: readonly Principal[] = [
  '*',
  { AWS: '*' },
  { AWS: OURS },
  { AWS: `arn:aws:iam::${OURS}:root` },
  { AWS: `arn:aws:iam::${OTHERS}:root` },
  { AWS: [OTHERS, USER] },
  { AWS: `arn:aws:iam::${OURS}:role/acme-worker` },
  { AWS: SESSION },
  { AWS: STRANGER },
  { Service: 'lambda.amazonaws.com' },
  { Service: ['s3.amazonaws.com', 'lambda.amazonaws.com'], AWS: USER },
];

/** Condition keys with values that a request may have and values that a policy may write. */
const KEYS: readonly {
  readonly key: string;
  readonly operators: readonly string[];
  readonly actual: readonly (string | readonly string[])[];
  readonly written: readonly string[];
}[] = [
  {
    key: 'aws:PrincipalTag/team',
    operators: [
      'StringEquals',
      'StringNotEquals',
      'StringEqualsIgnoreCase',
      'StringNotEqualsIgnoreCase',
      'StringLike',
      'StringNotLike',
    ],
    actual: ['search', 'Search', 'ads', 'se*'],
    written: [
      'search',
      'SEARCH',
      'se*',
      's?arch',
      'ads',
      '${aws:username}',
      "${aws:PrincipalTag/none, 'ads'}",
    ],
  },
  {
    key: 'aws:SecureTransport',
    operators: ['Bool'],
    actual: ['true', 'false'],
    written: ['true', 'false', 'True'],
  },
  {
    key: 'aws:MultiFactorAuthAge',
    operators: [
      'NumericEquals',
      'NumericNotEquals',
      'NumericLessThan',
      'NumericLessThanEquals',
      'NumericGreaterThan',
      'NumericGreaterThanEquals',
    ],
    actual: ['0', '60', '3600'],
    written: ['60', '3600', '59.5'],
  },
  {
    key: 'aws:CurrentTime',
    operators: [
      'DateEquals',
      'DateNotEquals',
      'DateLessThan',
      'DateLessThanEquals',
      'DateGreaterThan',
      'DateGreaterThanEquals',
    ],
    actual: ['2026-06-01T00:00:00Z', '2026-01-01T12:30:00Z'],
    written: ['2026-06-01T00:00:00Z', '2026-03-01T00:00:00Z', '2025-12-31T23:59:59Z'],
  },
  {
    key: 'aws:SourceIp',
    operators: ['IpAddress', 'NotIpAddress'],
    actual: ['203.0.113.9', '198.51.100.7', '2001:db8::1'],
    written: ['203.0.113.0/24', '198.51.100.7', '2001:db8::/32', '0.0.0.0/0'],
  },
  {
    key: 'aws:SourceArn',
    operators: ['ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike'],
    actual: [`arn:aws:lambda:eu-west-1:${OURS}:function:search`, 'arn:aws:s3:::acme-logs'],
    written: [
      `arn:aws:lambda:eu-west-1:${OURS}:function:search`,
      `arn:aws:lambda:*:${OURS}:function:*`,
      'arn:aws:s3:::acme-*',
      'arn:aws:*:*:*:*',
    ],
  },
  {
    key: 'aws:TagKeys',
    operators: ['StringEquals', 'StringLike', 'StringNotEquals', 'StringNotLike'].flatMap((operator) => [
      `ForAnyValue:${operator}`,
      `ForAllValues:${operator}`,
    ]),
    actual: [['Project'], ['Project', 'CostCentre'], ['Owner']],
    written: ['Project', 'CostCentre', 'Cost*'],
  },
];

/** Numbers from 0 up to but not 1, the same for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` requests; the same for the same seed. */
export function* generatedRequests(seed: number, count: number): Generator<GeneratedRequest> {
  const draw = new Draw(randomNumbers(seed));
  for (let at = 0; at < count; at++) yield draw.request();
}

class Draw {
  constructor(private readonly random: () => number) {}

  request(): GeneratedRequest {
    const [actions, resources] = this.one(TARGETS);
    const action = this.one(actions);
    const resource = this.one(resources);
    const caller = this.one(CALLERS);
    const hasResourcePolicy = resource !== '*' && HAS_RESOURCE_POLICY.test(action) && this.chance(0.6);
    const isAws = caller.kind === 'aws';
    const aim = { action, resource };
    return {
      request: {
        caller,
        action,
        resource,
        resourceAccount: this.chance(0.9) ? OURS : OTHERS,
        context: this.context(isAws && caller.arn === USER),
      },
      identity: isAws ? this.times(1, 2, () => this.document(aim, false)) : [],
      ...(isAws && this.chance(0.3) ? { boundary: this.document(aim, false) } : {}),
      ...(isAws && caller.arn === SESSION && this.chance(0.4) ? { session: this.document(aim, false) } : {}),
      ...(hasResourcePolicy ? { resource: this.document(aim, true) } : {}),
    };
  }

  private context(isUser: boolean): Record<string, string | readonly string[]> {
    const entries = KEYS.filter(() => this.chance(0.6)).map(
      ({ key, actual }) => [key, this.one(actual)] as const,
    );
    return { ...Object.fromEntries(entries), ...(isUser ? { 'aws:username': 'ada' } : {}) };
  }

  private document(aim: Aim, withPrincipal: boolean): PolicyDocument {
    return {
      Version: this.chance(0.95) ? '2012-10-17' : '2008-10-17',
      Statement: this.times(1, 3, () => this.statement(aim, withPrincipal)),
    };
  }

  private statement(aim: Aim, withPrincipal: boolean): Statement {
    const Effect = this.chance(0.8) ? 'Allow' : 'Deny';
    const entries = <T>(make: () => T) => (this.chance(0.5) ? make() : this.times(1, 3, make));
    const actions = entries(() => this.action(aim.action));
    const resources = entries(() => this.resource(aim.resource));
    return {
      Effect,
      ...(withPrincipal ? this.principal(Effect) : {}),
      ...(this.chance(0.88) ? { Action: actions } : { NotAction: actions }),
      ...(this.chance(0.9) ? { Resource: resources } : { NotResource: resources }),
      ...(this.chance(0.35) ? { Condition: this.conditions() } : {}),
    };
  }

  /** NotPrincipal stands beside Deny only: with Allow it is everyone else on earth, and AWS advises against it. */
  private principal(effect: Statement['Effect']): Pick<Statement, 'Principal' | 'NotPrincipal'> {
    const principal = this.one(PRINCIPALS);
    return effect === 'Deny' && principal !== '*' && this.chance(0.15)
      ? { NotPrincipal: principal }
      : { Principal: principal };
  }

  private conditions(): Conditions {
    const conditions: Record<string, Record<string, string | string[]>> = {};
    for (const { key, operators, written } of this.times(1, 2, () => this.one(KEYS))) {
      if (this.chance(0.1)) {
        conditions.Null = { ...conditions.Null, [key]: this.chance(0.5) ? 'true' : 'false' };
        continue;
      }
      const operator = this.one(operators) + (this.chance(0.2) ? 'IfExists' : '');
      const values = this.times(1, 2, () => this.one(written));
      const [only] = values;
      conditions[operator] = {
        ...conditions[operator],
        [key]: values.length === 1 && only !== undefined ? only : values,
      };
    }
    return conditions;
  }

  private action(aim: string): string {
    if (this.chance(0.05)) return '*';
    const text = this.chance(0.7) ? aim : this.one(ALL_ACTIONS);
    const [service = '', name = ''] = text.split(':');
    if (this.chance(0.1)) return `${service}:*`;
    const spelled = this.chance(0.5) ? name : this.withWildcards(name);
    return this.chance(0.15) ? `${service}:${spelled}`.toUpperCase() : `${service}:${spelled}`;
  }

  private resource(aim: string): string {
    if (this.chance(0.15)) return '*';
    const text = this.chance(0.7) ? aim : this.one(ALL_RESOURCES);
    if (text === '*' || this.chance(0.3)) return text;
    // Wildcards stand in the part that names the resource, or fill whole segments before it.
    const segments = text.split(':');
    const name = segments.slice(5).join(':');
    const before = segments
      .slice(0, 5)
      .map((segment, at) => (at > 0 && segment !== '' && this.chance(0.1) ? '*' : segment));
    const spelled = this.chance(0.15) ? name.replace('ada', '${aws:username}') : this.withWildcards(name);
    return [...before, spelled].join(':');
  }

  private withWildcards(text: string): string {
    const from = Math.floor(this.random() * (text.length + 1));
    const to = Math.min(text.length, from + Math.floor(this.random() * 6));
    if (this.chance(0.3)) return `${text.slice(0, from)}*`;
    return from < text.length && this.chance(0.4)
      ? `${text.slice(0, from)}?${text.slice(from + 1)}`
      : `${text.slice(0, from)}*${text.slice(to)}`;
  }

  private one<T>(list: readonly T[]): T {
    return list[Math.floor(this.random() * list.length)] as T;
  }

  private times<T>(least: number, most: number, make: () => T): T[] {
    return Array.from({ length: least + Math.floor(this.random() * (most - least + 1)) }, make);
  }

  private chance(probability: number): boolean {
    return this.random() < probability;
  }
}

interface Aim {
  readonly action: string;
  readonly resource: string;
}
