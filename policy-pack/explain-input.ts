// Reads what `policy explain` is given: a policy document, or a stack as `pulumi stack export` prints it.
import { Secrets } from './explain-secrets';
import type { Offered } from './resources/judged';
import { UNKNOWN } from './resources/known';

/** What was wrong, where, and how to put it right. */
export class BadInput extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'BadInput';
  }
}

export type ExplainInput =
  | { readonly kind: 'document'; readonly document: Readonly<Record<string, unknown>> }
  | {
      readonly kind: 'stack';
      readonly resources: readonly ExportedResource[];
      /** Secrets that stand in the export in plain text, and in no message. */
      readonly secrets: Secrets;
    };

/** A resource with its inputs, and with what the provider added to them. */
export interface ExportedResource {
  readonly before: Offered;
  readonly after: Offered;
}

/** @throws BadInput when the text is no JSON, or neither of the two. */
export function readInput(text: string, source: string): ExplainInput {
  const value = object(parse(text, source));
  if (value !== undefined && isDocument(value)) {
    return { kind: 'document', document: value };
  }
  const resources = object(value?.deployment)?.resources;
  if (Array.isArray(resources)) {
    const secrets = new Secrets();
    return {
      kind: 'stack',
      resources: resources.flatMap((one, at) => exported(one, at, source, secrets)),
      secrets,
    };
  }
  throw new BadInput([
    `${source} is neither a policy document (an object with "Statement") nor a stack export (an object with ` +
      '"deployment.resources"). Give the document alone, or the output of "pulumi stack export".',
  ]);
}

/** @throws BadInput with line and column; also for a key that stands twice in one object, which IAM refuses. */
export function parse(given: string, source: string): unknown {
  // Editors of Windows put a byte order mark in front.
  const text = given.replace(/^\uFEFF/, '');
  const value = parseJson(text, source);
  const doubled = doubledKeys(text);
  if (doubled.length === 0) return value;
  throw new BadInput(
    doubled.map(
      ({ key, line }) =>
        `${source} has "${key}" twice in one object, at line ${line}. Only the last would count; write it once.`,
    ),
  );
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const { message } = error as Error;
    const position = /position (\d+)/.exec(message)?.[1];
    const before = text.slice(0, Number(position ?? 0)).split('\n');
    const where =
      position === undefined ? '' : ` at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
    throw new BadInput([`${source} is no JSON${where}: ${message}. Correct it there.`]);
  }
}

/** Keys that stand twice in one object of a JSON text, each with its line. */
function doubledKeys(text: string): { readonly key: string; readonly line: number }[] {
  const doubled: { key: string; line: number }[] = [];
  const open: Set<string>[] = [];
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"(?:\s*:)?|[{}]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (token.endsWith(':')) {
      const key = JSON.parse(token.slice(0, -1)) as string;
      if (open.at(-1)?.has(key) === true)
        doubled.push({ key, line: text.slice(0, index).split('\n').length });
      open.at(-1)?.add(key);
    }
  }
  return doubled;
}

function exported(value: unknown, at: number, source: string, secrets: Secrets): ExportedResource[] {
  const resource = object(value);
  const urn = resource?.urn;
  const type = resource?.type;
  if (resource === undefined || typeof urn !== 'string' || typeof type !== 'string') {
    throw new BadInput([
      `${source}: deployment.resources[${at}] has no urn or no type. Export the stack anew with "pulumi stack export".`,
    ]);
  }
  // What is about to be deleted gives nobody rights; components and providers hold none.
  if (resource.delete === true || resource.custom !== true || type.startsWith('pulumi:')) return [];
  const offered = {
    type,
    urn,
    name: urn.split('::').slice(3).join('::'),
    opts: { protect: resource.protect === true },
    propertyDependencies: Object.fromEntries(
      Object.entries(object(resource.propertyDependencies) ?? {}).map(([property, urns]) => [
        property,
        (Array.isArray(urns) ? urns : []).flatMap((one: unknown) =>
          typeof one === 'string' ? [{ urn: one }] : [],
        ),
      ]),
    ),
  };
  const inputs = object(resource.inputs) ?? {};
  return [
    {
      before: { ...offered, props: opened(inputs, secrets) },
      after: { ...offered, props: opened({ ...object(resource.outputs), ...inputs }, secrets) },
    },
  ];
}

/** The key that marks a secret, or another special value, in a state. Source: @pulumi/pulumi, runtime/rpc. */
const SIGNATURE = '4dabf18193072939515e22adb298388d';

/** Secrets in plain text are opened, to be judged; encrypted ones count as unknown, as at a preview. */
function opened(value: Readonly<Record<string, unknown>>, secrets: Secrets): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, openedValue(inner, secrets)]));
}

function openedValue(value: unknown, secrets: Secrets): unknown {
  if (Array.isArray(value)) return value.map((inner) => openedValue(inner, secrets));
  const inner = object(value);
  if (inner === undefined) return value;
  if (inner[SIGNATURE] === undefined) return opened(inner, secrets);
  if (typeof inner.plaintext !== 'string') return UNKNOWN;
  const plain = fromJson(inner.plaintext);
  if (plain === undefined) return UNKNOWN;
  const openedPlain = openedValue(plain, secrets);
  keepSecret(openedPlain, secrets);
  return openedPlain;
}

/** A policy document is quoted by its statements, which is what it is judged for; any other text is nobody's to read. */
function keepSecret(value: unknown, secrets: Secrets): void {
  if (typeof value === 'number') secrets.add(value);
  if (typeof value === 'string') {
    const inside = fromJson(value);
    if (typeof inside !== 'object' || inside === null || !isDocument(inside)) secrets.add(value);
    if (typeof inside === 'object') keepSecret(inside, secrets);
  }
  if (typeof value !== 'object' || value === null || isDocument(value)) return;
  for (const inner of Object.values(value)) keepSecret(inner, secrets);
}

function isDocument(value: object): boolean {
  return Object.keys(value).some((key) => key.toLowerCase() === 'statement');
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function object(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
