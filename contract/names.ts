// Names: `${project}-${environment}-vector-${purpose}` for both kinds of bucket, and what hangs off them.
// The name is also the security boundary (IAM policies are written against its pattern), so a name that
// could be read in two ways is refused here and nowhere else.
import { refuse } from './invalid-input';
import { MAX_NAME_LENGTH, MIN_NAME_LENGTH } from './limits';

/** The three parts of a bucket name. */
export interface NameParts {
  /** Lower-case letters, digits and single hyphens; no segment may be `vector`. Example: `acme-search`. */
  readonly project: string;
  /** Lower-case letters and digits only, so that the name parses in one way. Example: `dev`. */
  readonly environment: string;
  /** Lower-case letters, digits and single hyphens. Example: `user-embeddings`. */
  readonly purpose: string;
}

/**
 * Characters in the name of a role (IAM User Guide, "IAM and AWS STS quotas") and of a function (Lambda API,
 * CreateFunction). Managed policies have 128, which no name here comes near to.
 */
const MAX_ROLE_NAME_LENGTH = 64;
const SEPARATOR = '-vector-';
const HYPHENATED = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const DOTTED = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/;
const ALPHANUMERIC = /^[a-z0-9]+$/;

/**
 * Every reason why these parts do not make a name; empty when they do. A part that is absent is not judged; the length
 * is that of a whole name, and judged when every part is there and right.
 */
export function namePartProblems(parts: Partial<NameParts>): string[] {
  const problems = [
    ...('project' in parts ? hyphenatedProblems('project', parts.project) : []),
    ...('environment' in parts ? environmentProblems(parts.environment) : []),
    ...('purpose' in parts ? hyphenatedProblems('purpose', parts.purpose) : []),
  ];
  if (String(parts.project).split('-').includes('vector')) {
    problems.push(
      `project "${parts.project}" contains the word "vector" between hyphens, which separates environment and ` +
        'purpose in every name; choose another word, for example "vectors".',
    );
  }
  if (problems.length > 0 || !isWhole(parts)) return problems;
  const name = join(parts);
  if (name.length > MAX_NAME_LENGTH) {
    problems.push(
      `"${name}" is ${name.length} characters long and a bucket name has at most ${MAX_NAME_LENGTH}; shorten ` +
        `project, environment or purpose by ${name.length - MAX_NAME_LENGTH}.`,
    );
  }
  return problems;
}

/** Every reason why this is no environment name; empty when it is one. */
export function environmentProblems(environment: string | undefined): string[] {
  if (environment === 'vector')
    return ['environment "vector" is the separator of every name; choose another.'];
  if (environment === 's3') {
    return [
      'environment "s3" would give resources the names of the account-wide policies (…-s3-vector-…); choose another.',
    ];
  }
  return environment !== undefined && ALPHANUMERIC.test(environment)
    ? []
    : [
        `environment "${environment}" must be lower-case letters and digits without hyphens, for example "dev".`,
      ];
}

/** Every reason why this is no project name by itself; empty when it is one. */
export function projectProblems(project: string | undefined): string[] {
  return namePartProblems({ project: project ?? '', environment: 'e', purpose: 'p' });
}

/**
 * The name of a bucket.
 * @throws InvalidInputError listing every part that is not allowed.
 */
export function bucketName(parts: NameParts): string {
  refuse('bucket name', namePartProblems(parts));
  return join(parts);
}

/** The parts of a name that follows the pattern, or undefined. The first `-vector-` is the separator. */
export function parseBucketName(name: string): NameParts | undefined {
  const at = name.indexOf(SEPARATOR);
  if (at < 0) return undefined;
  const head = name.slice(0, at);
  const lastHyphen = head.lastIndexOf('-');
  if (lastHyphen < 0) return undefined;
  const parts = {
    project: head.slice(0, lastHyphen),
    environment: head.slice(lastHyphen + 1),
    purpose: name.slice(at + SEPARATOR.length),
  };
  return namePartProblems(parts).length === 0 ? parts : undefined;
}

/**
 * Every reason why a bucket may not carry this name; empty when it may.
 * `expected` narrows the pattern to one project, one environment, or both.
 */
export function bucketNameProblems(name: string, expected: Partial<NameParts> = {}): string[] {
  const pattern =
    `${expected.project ?? '<project>'}-${expected.environment ?? '<environment>'}` +
    `${SEPARATOR}${expected.purpose ?? '<purpose>'}`;
  const serviceProblems = vectorBucketNameProblems(name);
  if (serviceProblems.length > 0) return serviceProblems;
  const parts = parseBucketName(name);
  if (parts === undefined) {
    return [
      `"${name}" does not follow ${pattern} (lower-case letters, digits and single hyphens; the environment has no hyphen).`,
    ];
  }
  return (['project', 'environment', 'purpose'] as const)
    .filter((part) => expected[part] !== undefined && expected[part] !== parts[part])
    .map(
      (part) => `"${name}" has ${part} "${parts[part]}" where "${expected[part]}" is expected: ${pattern}.`,
    );
}

/**
 * What S3 Vectors itself asks of a vector bucket name (and S3 of a bucket name without dots): 3–63 lower-case
 * letters, digits and hyphens, a letter or digit at both ends. Source: S3 User Guide, vector bucket naming rules.
 */
export function vectorBucketNameProblems(name: string | undefined): string[] {
  return serviceNameProblems('vector bucket name', name, /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/, 'and hyphens');
}

/**
 * What S3 asks of a bucket name: as for vector buckets, dots allowed, though not side by side, and no IP address.
 * Source: S3 User Guide, "General purpose bucket naming rules".
 */
export function s3BucketNameProblems(name: string | undefined, what = 'bucket name'): string[] {
  const problems = serviceNameProblems(what, name, DOTTED, 'hyphens and dots');
  if (problems.length > 0) return problems;
  return /\.\./.test(String(name)) || /^\d+\.\d+\.\d+\.\d+$/.test(String(name))
    ? [`${what} "${name}" may hold no two dots side by side, and may not look like an IP address.`]
    : [];
}

/** What S3 Vectors asks of an index name: as for vector buckets, dots allowed. Source: S3 User Guide, vector indexes. */
export function indexNameProblems(name: string | undefined): string[] {
  return serviceNameProblems('index name', name, DOTTED, 'hyphens and dots');
}

/**
 * The pattern that IAM policies are written against: `acme-*-vector-*`, or `acme-dev-vector-*` for one environment.
 * The form for all environments also matches projects whose name begins with this one and a hyphen
 * (`acme-labs-dev-vector-…`): name environments where projects share a prefix and an account.
 */
export function bucketNamePattern(project: string, environment = '*'): string {
  refuse('IAM name pattern', [
    ...projectProblems(project),
    ...(environment === '*' ? [] : environmentProblems(environment)),
  ]);
  return `${project}-${environment}${SEPARATOR}*`;
}

/** Names of the managed policies and roles that the stacks create. */
export const policyName = {
  management: (project: string) => `${project}-s3-vector-management`,
  serviceAccess: (project: string) => `${project}-s3-vector-service-access`,
  bedrockInvocation: (project: string) => `${project}-bedrock-invocation`,
  /** What a deployer needs beside `management`: keys, policies, roles, functions. */
  deployment: (project: string) => `${project}-s3-vector-deployment`,
  /** Permissions boundary of every role that the deployer makes. */
  serviceBoundary: (project: string) => `${project}-s3-vector-service-boundary`,
  vectorAccess: (project: string, environment: string, purpose: string) =>
    `${project}-${environment}-vector-${purpose}-access`,
  vectorRead: (project: string, environment: string, purpose: string) =>
    `${project}-${environment}-vector-${purpose}-read`,
} as const;

/**
 * Every reason why a policy to use the vectors of an environment cannot have this name; empty when it can. Its ending
 * says what it allows, and what stands before is a name that the deployer may manage and the policy pack can read.
 */
export function vectorPolicyNameProblems(
  name: string | undefined,
  of: Pick<NameParts, 'project' | 'environment'>,
  write: boolean,
): string[] {
  const ending = write ? '-access' : '-read';
  const head = name?.endsWith(ending) === true ? name.slice(0, -ending.length) : '';
  return bucketNameProblems(head, { project: of.project, environment: of.environment }).length === 0
    ? []
    : [
        `policyName "${name}" must be written ${of.project}-${of.environment}${SEPARATOR}<words>${ending}: lower-case ` +
          `letters, digits and single hyphens, at most ${MAX_NAME_LENGTH} characters before ${ending}.`,
      ];
}

/** The role that CI assumes through GitHub's OIDC provider. */
export function deployerRoleName(project: string): string {
  return `${project}-github-deployer`;
}

/** Every reason why the deployer role of a project cannot have its name; empty when it can. */
export function deployerRoleNameProblems(project: string): string[] {
  return lengthProblems('role', deployerRoleName(project), 'project');
}

/** The name of the sample service's function and role: `${project}-${environment}-vector-service`. */
export function serviceName(project: string, environment: string): string {
  return join({ project, environment, purpose: 'service' });
}

/** Every reason why the sample service cannot have its name; empty when it can. */
export function serviceNameLengthProblems(project: string, environment: string): string[] {
  return lengthProblems('role and function', serviceName(project, environment), 'project or environment');
}

/** The alias of an environment's key: `alias/${project}-${environment}-vector`. */
export function keyAlias(project: string, environment: string): string {
  return `alias/${project}-${environment}-vector`;
}

function join({ project, environment, purpose }: NameParts): string {
  return `${project}-${environment}${SEPARATOR}${purpose}`;
}

function lengthProblems(what: string, name: string, shorten: string): string[] {
  const excess = name.length - MAX_ROLE_NAME_LENGTH;
  return excess <= 0
    ? []
    : [
        `"${name}" is ${name.length} characters long and the name of a ${what} has at most ` +
          `${MAX_ROLE_NAME_LENGTH}; shorten ${shorten} by ${excess}.`,
      ];
}

function isWhole(parts: Partial<NameParts>): parts is NameParts {
  return parts.project !== undefined && parts.environment !== undefined && parts.purpose !== undefined;
}

function hyphenatedProblems(part: string, value: string | undefined): string[] {
  return value !== undefined && HYPHENATED.test(value)
    ? []
    : [
        `${part} "${value}" must be lower-case letters, digits and single hyphens, with a letter or digit at both ends.`,
      ];
}

function serviceNameProblems(
  what: string,
  given: string | undefined,
  pattern: RegExp,
  allowed: string,
): string[] {
  const name = given ?? '';
  const problems: string[] = [];
  if (name.length < MIN_NAME_LENGTH || name.length > MAX_NAME_LENGTH) {
    problems.push(
      `${what} "${name}" has ${name.length} characters; ${MIN_NAME_LENGTH} to ${MAX_NAME_LENGTH} are allowed.`,
    );
  }
  if (!pattern.test(name)) {
    problems.push(
      `${what} "${name}" may hold lower-case letters, digits, ${allowed}, with a letter or digit at both ends.`,
    );
  }
  return problems;
}
