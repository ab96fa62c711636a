// Reading a provider's own configuration, where the rule is strict: an endpoint on this machine for every service,
// nothing misspelt, nothing that would look for a person's credentials. All problems come back at once.
import { LOCAL_CREDENTIALS, type Credentials } from './aws-clients';
import type { Failure } from './check';
import { endpointFault } from './loopback';
import { isPlainMap, unknown, type PlainMap, type PlainValue } from './property-value';

export interface ServiceEndpoint {
  /** As in the provider's `endpoints` configuration. */
  readonly key: string;
  /** As in the variable `AWS_ENDPOINT_URL_<suffix>` of the AWS SDKs. */
  readonly suffix: string;
}

/** What both providers are configured with. */
export interface Configuration<Service extends string> {
  readonly region: string;
  readonly endpoints: Readonly<Record<Service, string>>;
  readonly defaultTags: Readonly<Record<string, string>>;
  readonly credentials: Credentials;
}

/**
 * @param endpointMaps takes the `endpoints` of this provider apart: one is a list of maps, the other one map
 * @param environment the process environment, which stands behind the configuration
 */
export function readConfiguration<Service extends string>(
  provider: string,
  services: Readonly<Record<Service, ServiceEndpoint>>,
  keys: ConfigurationKeys,
  endpointMaps: (endpoints: PlainValue) => readonly PlainValue[],
  config: PlainMap,
  environment: NodeJS.ProcessEnv,
): { failures: Failure[]; configuration?: Configuration<Service> } {
  const failures: Failure[] = [];
  checkKeys(provider, config, keys, failures);
  const text = (name: string, ...variables: string[]): string | undefined =>
    configuredText(config, name, environment, variables, failures);
  const region = text('region', 'AWS_REGION', 'AWS_DEFAULT_REGION');
  if (region === undefined && !failures.some(({ property }) => property === 'region')) {
    failures.push({
      property: 'region',
      reason: `missing; set ${provider}:region or AWS_REGION, such as us-east-1`,
    });
  }
  const maps = endpointMaps(structured(config['endpoints']) ?? []);
  const endpoints = readEndpoints(provider, services, maps, environment, failures);
  const tags = defaultTags(config, failures);
  const sessionToken = text('token');
  const credentials = {
    accessKeyId: text('accessKey') ?? localAccount(environment) ?? LOCAL_CREDENTIALS.accessKeyId,
    secretAccessKey: text('secretKey') ?? LOCAL_CREDENTIALS.secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
  };
  if (failures.length > 0 || region === undefined) return { failures };
  // The endpoints are complete: a missing one would have been a failure.
  const complete = endpoints as Record<Service, string>;
  return { failures, configuration: { region, endpoints: complete, defaultTags: tags, credentials } };
}

/** The account of the local cloud. Any other key in the environment may be a person's, and is left alone. */
function localAccount({ AWS_ACCESS_KEY_ID: key }: NodeJS.ProcessEnv): string | undefined {
  return key !== undefined && /^\d{12}$/.test(key) ? key : undefined;
}

const variableOf = ({ suffix }: ServiceEndpoint): string => `AWS_ENDPOINT_URL_${suffix}`;

/** A default provider gets structured configuration as JSON text, an explicit one as a value: both are read. */
function structured(value: PlainValue | undefined): PlainValue | undefined {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as PlainValue;
  } catch {
    return value;
  }
}

/**
 * The endpoint of every service: from the configuration, else `AWS_ENDPOINT_URL_<SERVICE>`, else
 * `AWS_ENDPOINT_URL`. There is no default: what is missing is a failure.
 * @param maps the maps that the provider's `endpoints` configuration consists of
 */
function readEndpoints<Service extends string>(
  provider: string,
  services: Readonly<Record<Service, ServiceEndpoint>>,
  maps: readonly PlainValue[],
  environment: NodeJS.ProcessEnv,
  failures: Failure[],
): Partial<Record<Service, string>> {
  const configured = new Map<string, string>();
  const keys = Object.values<ServiceEndpoint>(services).map(({ key }) => key);
  const only = `this stand-in runs against the local cloud only; use the real pulumi-resource-${provider} for AWS`;
  const refuse = (property: string, reason: string): void => {
    failures.push({ property, reason: `${reason}: ${only}` });
  };
  for (const map of maps) {
    if (!isPlainMap(map)) {
      refuse('endpoints', `must map service names to URLs, not ${JSON.stringify(map)}`);
      continue;
    }
    for (const [key, value] of Object.entries(map)) {
      const property = `endpoints.${key}`;
      if (!keys.includes(key)) {
        refuse(property, `no such endpoint; the keys are ${keys.join(', ')}`);
      } else if (value === unknown) {
        refuse(property, 'must be known before the update runs');
      } else if (typeof value !== 'string') {
        refuse(property, `must be a URL, not ${JSON.stringify(value)}`);
      } else if (value !== '') {
        configured.set(key, value);
      }
    }
  }
  const endpoints: Partial<Record<Service, string>> = {};
  const missing: ServiceEndpoint[] = [];
  for (const [service, endpoint] of Object.entries(services) as [Service, ServiceEndpoint][]) {
    const variable = variableOf(endpoint);
    const sources = [
      [configured.get(endpoint.key), `${provider}:endpoints`],
      [environment[variable], variable],
      [environment['AWS_ENDPOINT_URL'], 'AWS_ENDPOINT_URL'],
    ] as const;
    const found = sources.find(([url]) => url !== undefined && url !== '');
    if (found === undefined) {
      missing.push(endpoint);
      continue;
    }
    const [url = '', source] = found;
    const fault = endpointFault(url);
    if (fault === undefined) endpoints[service] = url;
    else refuse(`endpoints.${endpoint.key}`, `${fault} (from ${source})`);
  }
  if (missing.length > 0) {
    refuse(
      'endpoints',
      `missing for ${missing.map(({ key }) => key).join(', ')}; set AWS_ENDPOINT_URL to a local URL such as ` +
        `http://127.0.0.1:4566, or each in ${provider}:endpoints or in ${missing.map(variableOf).join(', ')}`,
    );
  }
  return endpoints;
}

/**
 * Which configuration keys there are besides `endpoints`. `ignored` ones mean nothing against a local cloud
 * (skipping this or that validation) and are taken so that one configuration serves the real provider too.
 */
/** What `readConfiguration` reads of either provider. */
const READ_KEYS = ['region', 'endpoints', 'defaultTags', 'accessKey', 'secretKey', 'token'];

/** Why keys that lead to a person's credentials are refused. */
export const NO_CREDENTIAL_FILES =
  'it reads no credentials but accessKey and secretKey, and a local cloud takes any';

export interface ConfigurationKeys {
  readonly ignored: readonly string[];
  readonly refused: Readonly<Record<string, string>>;
}

/** Put there by the engine, not by people. */
const ENGINE_KEYS = ['version', 'pluginDownloadURL', '__internal', '__defaults'];

function checkKeys(provider: string, config: PlainMap, keys: ConfigurationKeys, failures: Failure[]): void {
  for (const [name, value] of Object.entries(config)) {
    if (value === null || ENGINE_KEYS.includes(name)) continue;
    if (READ_KEYS.includes(name) || keys.ignored.includes(name)) continue;
    const why = keys.refused[name];
    failures.push({
      property: name,
      reason:
        why === undefined
          ? `the local stand-in for pulumi-resource-${provider} has no configuration key ${name}; it reads ${READ_KEYS.join(', ')}`
          : `not taken by the local stand-in: ${why}`,
    });
  }
}

/** A configured text, or from the first variable that is set. */
function configuredText(
  config: PlainMap,
  name: string,
  environment: NodeJS.ProcessEnv,
  variables: readonly string[],
  failures: Failure[],
): string | undefined {
  const value = config[name];
  if (value === unknown) {
    failures.push({ property: name, reason: 'must be known before the update runs' });
    return undefined;
  }
  if (value !== undefined && value !== null && typeof value !== 'string') {
    failures.push({ property: name, reason: `must be a string, not ${JSON.stringify(value)}` });
    return undefined;
  }
  if (typeof value === 'string' && value !== '') return value;
  return variables.map((variable) => environment[variable]).find((text) => text !== undefined && text !== '');
}

/** `defaultTags: { tags: {…} }`, which both providers have. */
function defaultTags(config: PlainMap, failures: Failure[]): Record<string, string> {
  const value = structured(config['defaultTags']);
  if (value === undefined || value === null) return {};
  const wrong = (found: PlainValue | undefined): Record<string, string> => {
    failures.push({
      property: 'defaultTags',
      reason: `must be { tags: { key: value, … } } with strings, not ${JSON.stringify(found)}`,
    });
    return {};
  };
  if (!isPlainMap(value) || Object.keys(value).some((name) => name !== 'tags')) return wrong(value);
  const tags = value['tags'];
  if (tags === undefined || tags === null) return {};
  if (!isPlainMap(tags)) return wrong(tags);
  const entries = Object.entries(tags);
  if (!entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')) return wrong(tags);
  return Object.fromEntries(entries);
}
