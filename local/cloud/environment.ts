// The environment of everything that runs locally. It is built from nothing: a short list of harmless variables is
// taken over from the person, everything that could lead to real AWS or to a person's Pulumi account is set here to
// something that leads to this machine, and the rest does not exist.
import path from 'node:path';
import type { LocalPaths } from '../paths';
import { localPaths } from '../paths';
import type { Cloud } from './types';

export type Environment = Record<string, string>;
type PersonsEnvironment = Readonly<Record<string, string | undefined>>;

/** The account of every local resource. ministack takes a twelve-digit access key id as the account id. */
export const LOCAL_ACCOUNT_ID = '000000000000';
export const LOCAL_REGION = 'us-east-1';
/** Stacks of a local run hold no secrets; Pulumi wants a passphrase all the same. */
export const LOCAL_PASSPHRASE = 'local';

/** What the terminal looks like, in which language, and who is at it; coverage of tests. */
const TAKEN_OVER =
  /^(TERM|COLORTERM|NO_COLOR|FORCE_COLOR|COLUMNS|LINES|LANG|LANGUAGE|LC_[A-Z]+|TZ|USER|LOGNAME|SHELL|CI|TMPDIR|NODE_V8_COVERAGE)$/;

/** The discard port: nothing listens there, so that a program that honours proxies gets no further. */
const DEAD_PROXY = 'http://127.0.0.1:9';
const LOOPBACK_HOSTS = 'localhost,127.0.0.1,::1';

/** `SERVICE` in `AWS_ENDPOINT_URL_<SERVICE>`: the SDK's service id in capitals, spaces as underscores. */
const S3_VECTORS_LOCAL_SERVICES = ['S3VECTORS', 'BEDROCK_RUNTIME', 'CLOUDCONTROL'];
const MINISTACK_SERVICES = ['S3', 'STS', 'IAM', 'KMS', 'LAMBDA', 'SFN', 'CLOUDWATCH', 'CLOUDWATCH_LOGS'];

export interface Endpoints {
  readonly ministack: string;
  readonly s3vectors: string;
  readonly region: string;
  readonly accountId: string;
}

export interface ToolchainParts {
  readonly pathDirs: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export interface LocalEnvironmentOptions {
  readonly paths?: LocalPaths;
  /** The person's environment; default: this process's. */
  readonly inherited?: PersonsEnvironment;
}

/**
 * The complete environment for a program that uses the local cloud: pass it as it is, without `process.env`.
 * @param toolchain may be left out for programs that do not call `pulumi`
 */
export function localEnvironment(
  cloud: Cloud,
  toolchain: ToolchainParts | undefined,
  options: LocalEnvironmentOptions = {},
): Environment {
  const inherited = options.inherited ?? process.env;
  const paths = options.paths ?? localPaths({ environment: inherited });
  const { ministack, s3vectors } = cloud.services;
  return {
    ...confinedEnvironment(paths, inherited, toolchain?.pathDirs ?? []),
    ...awsEnvironment(paths, {
      ministack: ministack.url,
      s3vectors: s3vectors.url,
      region: cloud.region,
      accountId: cloud.accountId,
    }),
    PULUMI_HOME: paths.pulumiHome,
    PULUMI_BACKEND_URL: `file://${paths.state}`,
    PULUMI_CONFIG_PASSPHRASE: LOCAL_PASSPHRASE,
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    ...toolchain?.environment,
  };
}

/** Everything but AWS and Pulumi: PATH, an empty home, no way out. */
export function confinedEnvironment(
  paths: LocalPaths,
  inherited: PersonsEnvironment,
  pathDirs: readonly string[],
): Environment {
  const taken = Object.entries(inherited).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && TAKEN_OVER.test(entry[0]),
  );
  return {
    ...Object.fromEntries(taken),
    PATH: searchPath(inherited['PATH'], pathDirs),
    HOME: paths.home,
    // A local run inside a local run finds the same things.
    S3V_LOCAL_DIR: paths.local,
    S3V_CACHE_DIR: paths.cache,
    NODE_OPTIONS: `--require ${quoteNodeOption(path.join(paths.root, 'local', 'cloud', 'loopback-guard.cjs'))}`,
    HTTP_PROXY: DEAD_PROXY,
    HTTPS_PROXY: DEAD_PROXY,
    ALL_PROXY: DEAD_PROXY,
    NO_PROXY: LOOPBACK_HOSTS,
    http_proxy: DEAD_PROXY,
    https_proxy: DEAD_PROXY,
    all_proxy: DEAD_PROXY,
    no_proxy: LOOPBACK_HOSTS,
  };
}

/** Credentials that are nobody's, and every endpoint on this machine. */
export function awsEnvironment(paths: LocalPaths, endpoints: Endpoints): Environment {
  const perService = (services: readonly string[], url: string) =>
    Object.fromEntries(services.map((service) => [`AWS_ENDPOINT_URL_${service}`, url]));
  return {
    AWS_ACCESS_KEY_ID: endpoints.accountId,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: endpoints.region,
    AWS_DEFAULT_REGION: endpoints.region,
    // Files that are never made: no profile, no SSO session, no endpoint of a person is found.
    AWS_CONFIG_FILE: path.join(paths.local, 'no-aws-config'),
    AWS_SHARED_CREDENTIALS_FILE: path.join(paths.local, 'no-aws-credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
    // The SDK's notice about its future Node versions, once for every process.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    AWS_ENDPOINT_URL: endpoints.ministack,
    ...perService(MINISTACK_SERVICES, endpoints.ministack),
    ...perService(S3_VECTORS_LOCAL_SERVICES, endpoints.s3vectors),
  };
}

/** This Node first, since its name is all that Lambda workers and launchers know of it; npm's own directories not at all. */
function searchPath(inherited: string | undefined, pathDirs: readonly string[]): string {
  const persons = (inherited ?? '')
    .split(path.delimiter)
    .filter((directory) => path.isAbsolute(directory) && !directory.split(path.sep).includes('node_modules'));
  return [...new Set([...pathDirs, path.dirname(process.execPath), ...persons])].join(path.delimiter);
}

function quoteNodeOption(file: string): string {
  return /[\s"\\]/.test(file) ? `"${file.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"` : file;
}
