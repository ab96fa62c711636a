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
import { conditionValues, CONFINING_OPERATORS } from '../confining-conditions';
import { isVectorBucketPolicy } from './buckets';
import { asEncryptionKey, asKeyGrant, keysOfEmbeddings, policyOfItsOwn } from './keys';
import type { Judged } from './judged';
import { isUnknown, type Known } from './known';
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
  readonly account: string;
  /** The resource that names it. */
  readonly resource: Judged;
}

/** Whose rights are asked for. */
export interface Grantee {
  readonly kind: 'role' | 'user' | 'group' | 'permission set';
  readonly name: string;
  /** The principal's own resource, where it is in the stack. */
  readonly own: Judged | undefined;
  /** Its account; absent where nothing says that it could be another than the one that is written. */
  readonly account: Known<string>;
  /** The account of the rest of the stack, for as long as the principal's own is not known. */
  readonly likelyAccount: string | undefined;
}

/** Is something meant for a principal? `maybe` where that hangs on what is not known yet. */
export type Fit = 'yes' | 'maybe' | 'no';

/** Is the principal in this account? A role of the same name in another account is somebody else. */
export function isInAccount(
  written: string,
  { account, likelyAccount }: Pick<Grantee, 'account' | 'likelyAccount'>,
): Fit {
  if (typeof account === 'string') return account === written ? 'yes' : 'no';
  return account === undefined || likelyAccount === written ? 'yes' : 'maybe';
}

/** What holds for all: the least of them. */
function allOf(fits: readonly Fit[]): Fit {
  return fits.includes('no') ? 'no' : fits.includes('maybe') ? 'maybe' : 'yes';
}

/** What holds for one of them: the best. */
function oneOf(fits: readonly Fit[]): Fit {
  return fits.includes('yes') ? 'yes' : fits.includes('maybe') ? 'maybe' : 'no';
}

/** Everything of a stack that gives rights to principals by naming them. */
export class PrincipalGrants {
  private readonly sources: readonly Source[];

  constructor(resources: readonly Judged[]) {
    const keys = keysOfEmbeddings(resources);
    const replaced = new Set(
      resources.filter(
        (key) => asEncryptionKey(key) !== undefined && policyOfItsOwn(key, resources) !== undefined,
      ),
    );
    this.sources = resources.flatMap((resource) => [
      ...(replaced.has(resource) ? [] : resourcePolicies(resource, (one) => keys.has(one))),
      ...kmsGrants(resource, (one) => keys.has(one)),
    ]);
  }

  /** Roles and users that something names by ARN, as principal or as the only ones of everyone, each once. */
  named(): NamedPrincipal[] {
    const found = new Map<string, NamedPrincipal>();
    for (const { resource, reading } of this.sources) {
      for (const statement of many(reading.certain.Statement)) {
        if (statement.Effect !== 'Allow' || confinedToServices(statement.Condition)) continue;
        for (const written of [...awsPrincipals(statement), ...principalsOfConditions(statement)]) {
          const principal = parsePrincipal(written);
          if (principal === undefined) continue;
          const { kind, name, account } = principal;
          const key = `${kind}:${account}:${name}`;
          if (!found.has(key)) found.set(key, { kind, name, account, resource });
        }
      }
    }
    return [...found.values()];
  }

  /** What a principal is given; groups and permission sets are no principals that anything names. */
  to(grantee: Grantee): GivenRights[] {
    if (grantee.kind !== 'role' && grantee.kind !== 'user') return [];
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
  const certain = statementsFor(isTheOne ? reading.possible : reading.certain, grantee, bounded, {
    widest: false,
    everyoneIsSomebodyElse: false,
  });
  const possible = statementsFor(reading.possible, grantee, bounded, {
    widest: true,
    everyoneIsSomebodyElse: whoIsUnknown && !comesFrom,
  });
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
      unknowns: [
        ...reading.unknowns.map((where) => `${where} of ${source.label}`),
        ...(isUnknown(grantee.account) ? [`the account of ${grantee.kind} "${grantee.name}"`] : []),
      ],
      bounded,
    },
  ];
}

/**
 * The statements that speak about a principal, without their principals: what allows it, and every Deny for it. Those
 * that may or may not be meant for it count as they allow the most (`widest`) or the least.
 */
function statementsFor(
  document: PolicyDocument,
  grantee: Grantee,
  bounded: boolean,
  { widest, everyoneIsSomebodyElse }: { readonly widest: boolean; readonly everyoneIsSomebodyElse: boolean },
): Statement[] {
  const counts = (fit: Fit, allows: boolean) => fit === 'yes' || (fit === 'maybe' && allows === widest);
  return many(document.Statement).flatMap((statement) => {
    const { how, fit } = speaksOf(statement, grantee);
    const rights = withoutPrincipals(statement);
    if (statement.Effect === 'Deny') return counts(fit, false) ? [rights] : [];
    if (how === 'everyone' && everyoneIsSomebodyElse) return [];
    if (confinedToServices(statement.Condition)) return [];
    if (!counts(allOf([fit, conditionsFit(statement.Condition, grantee)]), true)) return [];
    return (how === 'role') === bounded ? [rights] : [];
  });
}

function withoutPrincipals(statement: Statement): Statement {
  return Object.fromEntries(
    Object.entries(statement).filter(([element]) => !/^(?:Not)?Principal$/.test(element)),
  ) as unknown as Statement;
}

interface Naming {
  readonly how: 'role' | 'itself' | 'everyone';
  readonly fit: Fit;
}

function speaksOf(statement: Statement, grantee: Grantee): Naming {
  if (statement.NotPrincipal !== undefined) {
    const excepted = oneOf(
      awsPrincipals({ ...statement, Principal: statement.NotPrincipal }).map(
        (one) => meant(one, grantee).fit,
      ),
    );
    return { how: 'everyone', fit: excepted === 'yes' ? 'no' : excepted === 'maybe' ? 'maybe' : 'yes' };
  }
  if (statement.Principal === undefined) return { how: 'everyone', fit: 'no' };
  if (namesEveryone(statement.Principal)) return { how: 'everyone', fit: 'yes' };
  const ways = awsPrincipals(statement)
    .map((written) => meant(written, grantee))
    .filter(({ fit }) => fit !== 'no');
  const how = ways.some((way) => way.how === 'itself') ? 'itself' : 'role';
  return { how, fit: oneOf(ways.map(({ fit }) => fit)) };
}

function awsPrincipals({ Principal: principal }: Statement): readonly string[] {
  return principal === undefined || principal === '*' ? [] : many(principal.AWS);
}

/** Those whom conditions on `aws:PrincipalArn` leave of everyone, where they stand in full. */
function principalsOfConditions({ Principal: principal, Condition: conditions }: Statement): string[] {
  if (principal === undefined || !namesEveryone(principal)) return [];
  return conditionValues(conditions, CONFINING_OPERATORS, 'aws:principalarn')
    .flat()
    .filter((written) => !/[*?$]/.test(written));
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

function meant(written: string, grantee: Grantee): Naming {
  const principal = parsePrincipal(written);
  const how = principal?.kind === 'role' && !principal.session ? 'role' : 'itself';
  if (principal?.kind !== grantee.kind || principal.name !== grantee.name) return { how, fit: 'no' };
  return { how, fit: isInAccount(principal.account, grantee) };
}

const EXCLUDING =
  /^(?:For(?:Any|All)Values?:)?(?:StringNotEquals|StringNotEqualsIgnoreCase|StringNotLike|ArnNotEquals|ArnNotLike)(?:IfExists)?$/i;
/** Keys that only a call of a service in somebody's name carries. */
const OF_SERVICES = [
  'aws:sourcearn',
  'aws:sourceaccount',
  'aws:sourceorgid',
  'aws:sourceowner',
  'aws:principalservicename',
];

/** Can these conditions be met by the principal? Only what says who calls is weighed; all else may be. */
function conditionsFit(conditions: Conditions | undefined, grantee: Grantee): Fit {
  return allOf(
    Object.entries(conditions ?? {}).flatMap(([operator, keys]) => {
      const confines = CONFINING_OPERATORS.test(operator);
      if (!confines && !EXCLUDING.test(operator)) return [];
      return Object.entries(keys).map(([key, values]): Fit => {
        const name = key.toLowerCase();
        if (OF_SERVICES.includes(name)) return confines ? 'no' : 'yes';
        const fits =
          name === 'aws:principalarn' ? fitsArn : name === 'aws:principalaccount' ? fitsAccount : undefined;
        if (fits === undefined) return 'yes';
        const fit = oneOf(many(values).map((value) => fits(String(value), grantee)));
        return confines || fit === 'maybe' ? fit : fit === 'yes' ? 'no' : 'yes';
      });
    }),
  );
}

/** Does a pattern of ARNs take in the principal? Its path is taken from the pattern where nobody knows it. */
function fitsArn(pattern: string, grantee: Grantee): Fit {
  const { kind, name, own } = grantee;
  const known = own?.props.arn;
  if (typeof known === 'string') return matches(wildcard(pattern), known) ? 'yes' : 'no';
  const [, partition = 'aws', , , account = '', ...rest] = pattern.split(':');
  const written = rest.join(':').split('/').slice(1, -1);
  const path =
    typeof own?.props.path === 'string' ? own.props.path : `/${written.map((part) => `${part}/`).join('')}`;
  const isOpen = (text: string) => /[*?]/.test(text) || text === '';
  const plain = (text: string, otherwise: string) => (isOpen(text) ? otherwise : text);
  const arn = `arn:${plain(partition, 'aws')}:iam::${plain(account, '000000000000')}:${kind}${path}${name}`;
  if (!matches(wildcard(pattern), arn)) return 'no';
  return isOpen(account) ? 'yes' : isInAccount(account, grantee);
}

function fitsAccount(pattern: string, grantee: Grantee): Fit {
  if (!/[*?$]/.test(pattern)) return isInAccount(pattern, grantee);
  const { account } = grantee;
  return typeof account !== 'string' || matches(wildcard(pattern), account) ? 'yes' : 'no';
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
          CONFINING_OPERATORS.test(operator) &&
          many(values).every((value) => !/^[*?]+$/.test(String(value)))) ||
        (name === 'kms:grantisforawsresource' &&
          /^Bool$/i.test(operator) &&
          many(values).every((value) => String(value).toLowerCase() === 'true'))
      );
    }),
  );
}
