// Between PropertyValue and the JSON that Pulumi puts into a protobuf Struct. Signature keys and unknown
// sentinels are Pulumi's own: sdk/nodejs/runtime/rpc.ts and sdk/go/common/resource/plugin/rpc.go.
import {
  archiveOf,
  asset,
  isArchive,
  isAsset,
  isMap,
  isSecret,
  secret,
  unknown,
  type Archive,
  type Asset,
  type PropertyMap,
  type PropertyValue,
} from './property-value';

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type JsonObject = Record<string, Json>;

const SIGNATURE = '4dabf18193072939515e22adb298388d';
const SECRET = '1b47061264138c4ac30d75fd1eb44270';
const ASSET = 'c44067f5952c0a294b673a41bacd8c17';
const ARCHIVE = '0def7320c3a5731c473e5ecbe6d01bc7';
const OUTPUT = 'd0e6a833031e9bbcd3f4e8bde6ca49a4';
const RESOURCE = '5cf8f73096256a8f31e491e813e4eb8e';

const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
/** One sentinel for each type of an unknown; the engine may send any of them. */
const UNKNOWNS: ReadonlySet<Json> = new Set<Json>([
  UNKNOWN,
  '1c4a061d-8072-4f0a-a4cb-0ff528b18fe7',
  '3eeb2bf0-c639-47a8-9e75-3b44932eb421',
  '6a19a0b0-7e62-4c92-b797-7f8e31da9cc2',
  '030794c1-ac77-496b-92df-f27374a8bd58',
  'e48ece36-62e2-4504-bad9-02848725956a',
  'dd056dcd-154b-4c76-9bd3-c8f88648b5ff',
]);

const isJsonObject = (json: Json | undefined): json is JsonObject =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

/** @throws Error for a signature that this plugin does not know, naming where it stood. */
export function decodeValue(json: Json, path = ''): PropertyValue {
  if (UNKNOWNS.has(json)) return unknown;
  if (Array.isArray(json)) return json.map((element, at) => decodeValue(element, `${path}[${String(at)}]`));
  if (!isJsonObject(json)) return json;
  const signature = json[SIGNATURE];
  if (signature === undefined) return decodeMap(json, path);
  if (signature === SECRET) return secret(decodeValue(json['value'] ?? null, path));
  if (signature === OUTPUT) {
    const inner = json['value'] === undefined ? unknown : decodeValue(json['value'], path);
    return json['secret'] === true ? secret(inner) : inner;
  }
  // A reference stands for the resource's id where the other side knows no references.
  if (signature === RESOURCE) return decodeValue(json['id'] ?? json['urn'] ?? null, path);
  if (signature === ASSET) return decodeAsset(json, path);
  if (signature === ARCHIVE) return decodeArchive(json, path);
  throw new Error(`property ${path}: unknown kind of value (signature ${JSON.stringify(signature)})`);
}

export function decodeMap(json: JsonObject, path = ''): PropertyMap {
  return Object.fromEntries(
    Object.entries(json).map(([name, inner]) => [
      name,
      decodeValue(inner, path === '' ? name : `${path}.${name}`),
    ]),
  );
}

function decodeAsset(json: JsonObject, path: string): Asset {
  const hash = typeof json['hash'] === 'string' ? json['hash'] : undefined;
  // An empty text is a whole asset (an empty file), an empty path or address is an absent one.
  if (typeof json['path'] === 'string' && json['path'] !== '') return asset({ path: json['path'] }, hash);
  if (typeof json['uri'] === 'string' && json['uri'] !== '') return asset({ uri: json['uri'] }, hash);
  if (typeof json['text'] === 'string') return asset({ text: json['text'] }, hash);
  throw new Error(`property ${path}: an asset without text, path or uri`);
}

function decodeArchive(json: JsonObject, path: string): Archive {
  const hash = typeof json['hash'] === 'string' ? json['hash'] : undefined;
  if (typeof json['path'] === 'string' && json['path'] !== '') return archiveOf({ path: json['path'] }, hash);
  if (typeof json['uri'] === 'string' && json['uri'] !== '') return archiveOf({ uri: json['uri'] }, hash);
  const assets: Record<string, Asset | Archive> = {};
  if (isJsonObject(json['assets'])) {
    for (const [name, inner] of Object.entries(json['assets'])) {
      const value = decodeValue(inner, `${path}.${name}`);
      if (!(isAsset(value) || isArchive(value))) {
        throw new Error(`property ${path}.${name}: an archive holds assets and archives only`);
      }
      assets[name] = value;
    }
  }
  return archiveOf({ assets }, hash);
}

export function encodeValue(value: PropertyValue): Json {
  if (value === unknown) return UNKNOWN;
  if (isSecret(value)) return { [SIGNATURE]: SECRET, value: encodeValue(value.value) };
  if (isAsset(value)) return { [SIGNATURE]: ASSET, ...hashOf(value), ...value.source };
  if (isArchive(value)) return { [SIGNATURE]: ARCHIVE, ...hashOf(value), ...encodeArchive(value) };
  if (Array.isArray(value)) return value.map((element) => encodeValue(element));
  if (isMap(value)) return encodeMap(value);
  return value;
}

const hashOf = (of: Asset | Archive): JsonObject => (of.hash === undefined ? {} : { hash: of.hash });

function encodeArchive({ source }: Archive): JsonObject {
  if (!('assets' in source)) return { ...source };
  const assets = Object.entries(source.assets).map(([name, inner]) => [name, encodeValue(inner)] as const);
  return { assets: Object.fromEntries(assets) };
}

export function encodeMap(map: PropertyMap): JsonObject {
  return Object.fromEntries(Object.entries(map).map(([name, inner]) => [name, encodeValue(inner)]));
}
