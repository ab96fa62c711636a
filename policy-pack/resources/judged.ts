// A resource as the policies read it: type, names and plain inputs. A resource that reaches AWS through a generic
// Cloud Control resource is read as the typed one that it stands for, so that no policy has to know the detour.
import type { GivenInputs } from './given-inputs';
import { isUnknown, object, plainProperties, type Properties, UNKNOWN } from './known';

export interface Judged {
  /** Pulumi type token of the typed resource. */
  readonly type: string;
  /** The logical name in the program. */
  readonly logicalName: string;
  readonly urn: string;
  readonly props: Properties;
  readonly protect: boolean;
  /** Property → URNs of the resources that its value comes from; only a stack validation knows them. */
  readonly sources: Readonly<Record<string, readonly string[]>>;
}

/** What a resource validation and a stack validation both offer of a resource. */
export interface Offered {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly props: Record<string, unknown>;
  readonly opts: { readonly protect: boolean };
  readonly propertyDependencies?: Readonly<Record<string, readonly { readonly urn: string }[]>>;
}

export function judged(offered: Offered, given?: GivenInputs): Judged {
  const plain = plainProperties(offered.props);
  const props = given?.withoutComputed(offered.urn, offered.type, plain) ?? plain;
  const detour = throughCloudControl(offered.type, props);
  return {
    type: detour?.type ?? offered.type,
    logicalName: offered.name,
    urn: offered.urn,
    props: detour?.props ?? props,
    protect: offered.opts.protect,
    sources: Object.fromEntries(
      Object.entries(offered.propertyDependencies ?? {}).map(([property, resources]) => [
        property,
        resources.map(({ urn }) => urn),
      ]),
    ),
  };
}

/** `vector bucket "acme-dev-vector-x" (aws-native:s3vectors:VectorBucket, resource "vectors")`. */
export function describeResource(resource: Judged, what: string, name: unknown): string {
  const named = typeof name === 'string' ? ` "${name}"` : '';
  return `${what}${named} (${resource.type}, resource "${resource.logicalName}")`;
}

/** Is it a resource through Cloud Control of which not even the type is known yet? */
export function isOfUnknownType({ type, props }: Judged): boolean {
  return (
    (type === 'aws-native:index:ExtensionResource' && isUnknown(props.type)) ||
    (type === 'aws:cloudcontrol/resource:Resource' && isUnknown(props.typeName))
  );
}

/** The typed resource behind aws-native's ExtensionResource and aws's cloudcontrol.Resource. */
function throughCloudControl(
  type: string,
  props: Properties,
): { readonly type: string; readonly props: Properties } | undefined {
  if (type === 'aws-native:index:ExtensionResource') {
    return typed(props.type, props.properties);
  }
  if (type === 'aws:cloudcontrol/resource:Resource') {
    return typed(props.typeName, parsed(props.desiredState));
  }
  return undefined;
}

function typed(
  cloudFormationType: unknown,
  properties: unknown,
): { readonly type: string; readonly props: Properties } | undefined {
  const parts = typeof cloudFormationType === 'string' ? cloudFormationType.split('::') : [];
  const [vendor, service, resource] = parts;
  if (vendor !== 'AWS' || service === undefined || resource === undefined) return undefined;
  const values = object(properties);
  return {
    type: `aws-native:${service.toLowerCase()}:${resource}`,
    props: values === undefined ? {} : isUnknown(values) ? NOTHING_KNOWN : camelCased(values),
  };
}

/** The properties of a resource of which nothing is known: each of them may be there. */
const NOTHING_KNOWN: Properties = new Proxy<Properties>(
  {},
  { get: (_, key) => (typeof key === 'string' ? UNKNOWN : undefined) },
);

function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return undefined;
  }
}

/** Cloud Control's `VectorBucketName` under aws-native's `vectorBucketName`; documents keep their own spelling. */
function camelCased(value: Properties): Properties {
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      return [nativeName(key), /document|policy$/i.test(key) ? inner : camelCasedInside(inner)];
    }),
  );
}

/** `VectorBucketName` → `vectorBucketName`, `SSEAlgorithm` → `sseAlgorithm`, `KMSMasterKeyID` → `kmsMasterKeyId`. */
function nativeName(key: string): string {
  return key
    .replace(/[A-Z]{2,}$/, (word) => word.charAt(0) + word.slice(1).toLowerCase())
    .replace(/^[A-Z]+(?=[A-Z][a-z])|^[A-Z]/, (word) => word.toLowerCase());
}

function camelCasedInside(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCasedInside);
  const inner = object(value);
  return inner === undefined || isUnknown(inner) ? value : camelCased(inner);
}
