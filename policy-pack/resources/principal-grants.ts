// What the resources of a stack give to the principals that they name: policies of embedding buckets, of vector buckets
// and of the keys that encrypt them, and KMS grants. Such rights need no policy of the principal's own, so whoever adds
// up a role's policies alone does not see them.
//
// A statement for a whole account is left out: it hands over to the identity policies of that account, which are judged
// as such. So is a policy of an access point, which gives nothing that the bucket itself does not give.
// Source: IAM User Guide, "Policy evaluation logic"; S3 User Guide, "Configuring IAM policies for using access points".
import { type Conditions, many, type PolicyDocument, type Statement } from '../../contract/iam/document';
import { namesEveryone } from '../../contract/iam/evaluator/may-allow';
import { matches, wildcard } from '../../contract/iam/evaluator/pattern';
import { type DocumentReading, readDocument } from '../../contract/iam/read-document';
import { EMBEDDING_NAME_PATTERN } from '../../contract/iam/resource-spaces';
import { isVectorBucketPolicy } from './buckets';
import { asKeyGrant, keysOfEmbeddings } from './keys';
import type { Judged } from './judged';
import { isUnknown } from './known';
import { heldDocuments } from './policy-documents';

/** What one resource gives to one principal; the statements stand without their principals. */
export interface GivenRights {
  readonly to: 'buckets' | 'vectorBuckets' | 'keys';
  /** As a message names it. */
  readonly label: string;
  readonly certain: PolicyDocument;
  readonly possible: PolicyDocument;
  readonly unknowns: readonly string[];
  /** The principal's permissions boundary holds it back; not where a user, a session or everyone is named. */
  readonly bounded: boolean;
}

export interface NamedPrincipal {
  readonly kind: 'role' | 'user';
  readonly name: string;
  /** The resource that names it. */
  readonly resource: Judged;
}

/** Whose rights are asked for. */
export interface Grantee {
  readonly kind: 'role' | 'user' | 'group';
  readonly name: string;
  /** The principal's own resource, where it is in the stack. */
  readonly own: Judged | undefined;
}

/** Everything of a stack that gives rights to principals by naming them. */
export class PrincipalGrants {
  private readonly sources: readonly Source[];

  constructor(resources: readonly Judged[]) {
    const keys = keysOfEmbeddings(resources);
    this.sources = resources.flatMap((resource) => [
      ...resourcePolicies(resource, (one) => keys.has(one)),
      ...kmsGrants(resource, (one) => keys.has(one)),
    ]);
  }

  /** Roles and users that something names by ARN, once for each name. */
  named(): NamedPrincipal[] {
    const found = new Map<string, NamedPrincipal>();
    for (const { resource, reading } of this.sources) {
      for (const statement of many(reading.certain.Statement)) {
        if (statement.Effect !== 'Allow' || confinedToServices(statement.Condition)) continue;
        for (const written of awsPrincipals(statement)) {
          const principal = parsePrincipal(written);
          if (principal === undefined) continue;
          const { kind, name } = principal;
          const key = `${kind}:${name}`;
          if (!found.has(key)) found.set(key, { kind, name, resource });
        }
      }
    }
    return [...found.values()];
  }

  /** What a principal is given; nothing is ever given to a group, which is no principal. */
  to(grantee: Grantee): GivenRights[] {
    if (grantee.kind === 'group') return [];
    return this.sources.flatMap((source) =>
      [true, false].flatMap((bounded) => given(source, grantee, bounded)),
    );
  }
}

interface Source {
  readonly to: GivenRights['to'];
  readonly label: string;
  readonly resource: Judged;
  readonly reading: DocumentReading;
  /** URNs of the only principals that an unknown principal can be. */
  readonly comesFrom?: readonly string[];
}

const KEY_POLICIES = /^aws(?:-native)?:kms[:/]/;
const BUCKET_POLICIES = /:s3(?::|\/\w+:)(?:Bucket|BucketV2|BucketPolicy)$/;

function resourcePolicies(resource: Judged, encryptsEmbeddings: (key: Judged) => boolean): Source[] {
  const to = KEY_POLICIES.test(resource.type)
    ? 'keys'
    : isVectorBucketPolicy(resource)
      ? 'vectorBuckets'
      : BUCKET_POLICIES.test(resource.type)
        ? 'buckets'
        : undefined;
  if (to === undefined || (to === 'keys' && !encryptsEmbeddings(resource))) return [];
  return heldDocuments(resource)
    .filter(({ kind }) => kind === 'resource')
    .map(({ label, value }): Source => ({
      to,
      label: `the ${to === 'keys' ? 'key' : to === 'buckets' ? 'bucket' : 'vector bucket'} policy "${label}"`,
      resource,
      reading: readDocument(value, { isUnknown }),
    }))
    .filter((source) => to !== 'buckets' || ofEmbeddings(resource, source.reading));
}

/** A bucket whose name does not fit holds no embeddings; one whose name is not known yet may. */
function ofEmbeddings({ props }: Judged, { unknowns }: DocumentReading): boolean {
  const name = props.bucket ?? props.bucketName;
  return typeof name !== 'string' || unknowns.length > 0 || matches(wildcard(EMBEDDING_NAME_PATTERN), name);
}

/** A KMS grant as the statement that it amounts to. */
function kmsGrants(resource: Judged, encryptsEmbeddings: (key: Judged) => boolean): Source[] {
  const grant = asKeyGrant(resource);
  if (grant === undefined || !encryptsEmbeddings(resource)) return [];
  const statement = {
    Effect: 'Allow',
    Principal: { AWS: grant.grantee },
    Action: grant.operations,
    Resource: '*',
  };
  return [
    {
      to: 'keys',
      label: `the KMS grant "${resource.logicalName}"`,
      resource,
      reading: readDocument({ Version: '2012-10-17', Statement: [statement] }, { isUnknown }),
      ...(isUnknown(grant.grantee) ? { comesFrom: resource.sources.granteePrincipal ?? [] } : {}),
    },
  ];
}

function given(source: Source, grantee: Grantee, bounded: boolean): GivenRights[] {
  const { reading, resource } = source;
  const about = (document: PolicyDocument, whoIsUnknown: boolean) =>
    statementsFor(document, grantee, bounded, whoIsUnknown);
  const comesFrom =
    grantee.own !== undefined &&
    Object.values(resource.sources).some((urns) => urns.includes(grantee.own?.urn ?? ''));
  // An unknown principal is this one only where the value comes from it.
  const whoIsUnknown = reading.unknowns.some(
    (where) => !/\.(?:Action|Resource|NotAction|NotResource|Condition)/.test(where),
  );
  const isTheOne =
    source.comesFrom?.includes(grantee.own?.urn ?? '') === true &&
    reading.unknowns.every((where) => where.includes('.Principal'));
  const certain = about(isTheOne ? reading.possible : reading.certain, false);
  const possible = about(reading.possible, whoIsUnknown && !comesFrom);
  const allows = (statements: readonly Statement[]) => statements.some(({ Effect }) => Effect === 'Allow');
  if (!allows(certain) && !allows(possible)) return [];
  const document = (Statement: readonly Statement[]): PolicyDocument => ({
    Version: reading.certain.Version,
    Statement,
  });
  return [
    {
      to: source.to,
      label: source.label,
      certain: document(certain),
      possible: document(possible),
      unknowns: reading.unknowns.map((where) => `${where} of ${source.label}`),
      bounded,
    },
  ];
}

/** The statements that speak about a principal, without their principals: what allows it, and every Deny for it. */
function statementsFor(
  document: PolicyDocument,
  grantee: Grantee,
  bounded: boolean,
  everyoneIsSomebodyElse: boolean,
): Statement[] {
  return many(document.Statement).flatMap((statement) => {
    const how = speaksOf(statement, grantee);
    if (how === undefined) return [];
    const rights = withoutPrincipals(statement);
    if (statement.Effect === 'Deny') return [rights];
    if (how === 'everyone' && everyoneIsSomebodyElse) return [];
    if (confinedToServices(statement.Condition) || !conditionsFit(statement.Condition, grantee)) return [];
    return (how === 'role') === bounded ? [rights] : [];
  });
}

function withoutPrincipals(statement: Statement): Statement {
  return Object.fromEntries(
    Object.entries(statement).filter(([element]) => !/^(?:Not)?Principal$/.test(element)),
  ) as unknown as Statement;
}

type Naming = 'role' | 'itself' | 'everyone';

function speaksOf(statement: Statement, grantee: Grantee): Naming | undefined {
  if (statement.NotPrincipal !== undefined) {
    const excepted = awsPrincipals({ ...statement, Principal: statement.NotPrincipal });
    return excepted.some((written) => meant(written, grantee) !== undefined) ? undefined : 'everyone';
  }
  if (statement.Principal === undefined) return undefined;
  if (namesEveryone(statement.Principal)) return 'everyone';
  const ways = awsPrincipals(statement).flatMap((written) => meant(written, grantee) ?? []);
  return ways.includes('itself') ? 'itself' : ways[0];
}

function awsPrincipals({ Principal: principal }: Statement): readonly string[] {
  return principal === undefined || principal === '*' ? [] : many(principal.AWS);
}

interface Principal {
  readonly kind: 'role' | 'user';
  readonly name: string;
  readonly account: string;
  readonly session: boolean;
}

/** `arn:aws:iam::111122223333:role/path/name`, `…:user/name` or `arn:aws:sts::…:assumed-role/name/session`. */
function parsePrincipal(written: string): Principal | undefined {
  const [, , service, , account = '', ...rest] = written.split(':');
  const parts = rest.join(':').split('/');
  const [type] = parts;
  if (service === 'sts' && type === 'assumed-role' && parts[1] !== undefined) {
    return { kind: 'role', name: parts[1], account, session: true };
  }
  const name = parts.at(-1);
  return service === 'iam' && (type === 'role' || type === 'user') && name !== undefined && parts.length > 1
    ? { kind: type, name, account, session: false }
    : undefined;
}

function meant(written: string, grantee: Grantee): Naming | undefined {
  const principal = parsePrincipal(written);
  if (principal?.kind !== grantee.kind || principal.name !== grantee.name) return undefined;
  const arn = grantee.own?.props.arn;
  if (typeof arn === 'string' && arn.split(':')[4] !== principal.account) return undefined;
  return principal.kind === 'role' && !principal.session ? 'role' : 'itself';
}

const CONFINING = /^(?:ForAnyValue:)?(?:StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike)$/i;
/** Keys that only a call of a service in somebody's name carries. */
const OF_SERVICES = [
  'aws:sourcearn',
  'aws:sourceaccount',
  'aws:sourceorgid',
  'aws:sourceowner',
  'aws:principalservicename',
];

/** Can these conditions be met by the principal? Only what says who calls is weighed; all else may be. */
function conditionsFit(conditions: Conditions | undefined, grantee: Grantee): boolean {
  return Object.entries(conditions ?? {})
    .filter(([operator]) => CONFINING.test(operator))
    .flatMap(([, keys]) => Object.entries(keys))
    .every(([key, values]) => {
      const name = key.toLowerCase();
      if (OF_SERVICES.includes(name)) return false;
      return name !== 'aws:principalarn' || many(values).some((value) => fitsPattern(String(value), grantee));
    });
}

/** Does a pattern of ARNs take in the principal? Its account and path are taken from the pattern where nobody knows them. */
function fitsPattern(pattern: string, { kind, name, own }: Grantee): boolean {
  const known = own?.props.arn;
  if (typeof known === 'string') return matches(wildcard(pattern), known);
  const [, partition = 'aws', , , account = '', ...rest] = pattern.split(':');
  const written = rest.join(':').split('/').slice(1, -1);
  const path =
    typeof own?.props.path === 'string' ? own.props.path : `/${written.map((part) => `${part}/`).join('')}`;
  const plain = (text: string, otherwise: string) => (/[*?]/.test(text) || text === '' ? otherwise : text);
  const arn = `arn:${plain(partition, 'aws')}:iam::${plain(account, '000000000000')}:${kind}${path}${name}`;
  return matches(wildcard(pattern), arn);
}

/**
 * Use of a key through a service, or the right to let a service use it, opens nothing by itself: the service asks for
 * its own right on the data too. Source: KMS Developer Guide, "kms:ViaService" and "kms:GrantIsForAWSResource".
 */
function confinedToServices(conditions: Conditions | undefined): boolean {
  return Object.entries(conditions ?? {}).some(([operator, keys]) =>
    Object.entries(keys).some(([key, values]) => {
      const name = key.toLowerCase();
      return (
        (name === 'kms:viaservice' &&
          CONFINING.test(operator) &&
          many(values).every((value) => !/^[*?]+$/.test(String(value)))) ||
        (name === 'kms:grantisforawsresource' &&
          /^Bool$/i.test(operator) &&
          many(values).every((value) => String(value).toLowerCase() === 'true'))
      );
    }),
  );
}
