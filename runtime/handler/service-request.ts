// What the service's function may be asked, read from an event of unknown origin with all of its faults at once.
import { refuse } from '../../contract/invalid-input';
import type { Document } from '../embedding-service/document';
import type { QueryFilter } from '../vector-store/query-filter';

export type ServiceRequest =
  | { readonly op: 'store'; readonly documents: readonly Document[] }
  | {
      readonly op: 'search';
      readonly query: string;
      readonly topK: number;
      readonly filter: QueryFilter | undefined;
    }
  | { readonly op: 'get'; readonly ids: readonly string[] }
  | { readonly op: 'find'; readonly filter: QueryFilter }
  | { readonly op: 'delete'; readonly ids: readonly string[] }
  | { readonly op: 'describe' };

/** Texts have up to 40 KB and an answer of Lambda at most 6 MB. */
export const MAX_RESULTS = 100;
const DEFAULT_TOP_K = 10;

const MEMBERS = {
  store: ['op', 'documents'],
  search: ['op', 'query', 'topK', 'filter'],
  get: ['op', 'ids'],
  find: ['op', 'filter'],
  delete: ['op', 'ids'],
  describe: ['op'],
} as const;
type Operation = keyof typeof MEMBERS;

/**
 * @throws InvalidInputError with every problem of the event. A document's own faults (id, metadata) are none of the
 * event's: they are reported with the document.
 */
export function serviceRequest(event: unknown): ServiceRequest {
  const problems: string[] = [];
  const request = readRequest(event, problems);
  refuse('event', problems);
  return request;
}

function readRequest(event: unknown, problems: string[]): ServiceRequest {
  const nothing = { op: 'describe' } as const;
  if (!isRecord(event)) {
    problems.push(`it is ${kindOf(event)}, not an object like { "op": "search", "query": "…" }.`);
    return nothing;
  }
  const { op } = event;
  if (!isOperation(op)) {
    problems.push(
      `"op" is ${shown(op)}; it must be one of ${Object.keys(MEMBERS)
        .map((name) => `"${name}"`)
        .join(', ')}.`,
    );
    return nothing;
  }
  const known: readonly string[] = MEMBERS[op];
  for (const name of Object.keys(event).filter((member) => !known.includes(member))) {
    problems.push(`"${name}" is not known to "${op}"; known are ${known.join(', ')}.`);
  }
  switch (op) {
    case 'store':
      return { op, documents: readDocuments(event['documents'], problems) };
    case 'search':
      return {
        op,
        query: readQuery(event['query'], problems),
        topK: readTopK(event['topK'], problems),
        filter: readFilter(event['filter'], problems),
      };
    case 'get':
    case 'delete':
      return { op, ids: readIds(event['ids'], problems) };
    case 'find':
      return { op, filter: readNeededFilter(event['filter'], problems) };
    case 'describe':
      return { op };
  }
}

function readDocuments(value: unknown, problems: string[]): Document[] {
  if (!Array.isArray(value) || value.length === 0) {
    problems.push(`"documents" is ${kindOf(value)}; it must be a list of { "id", "text", "metadata"? }.`);
    return [];
  }
  const documents: readonly unknown[] = value;
  for (const [position, document] of documents.entries()) {
    if (!isRecord(document)) {
      problems.push(`"documents[${position}]" is ${kindOf(document)}, not an object with "id" and "text".`);
      continue;
    }
    for (const name of Object.keys(document)) {
      if (!['id', 'text', 'metadata'].includes(name)) {
        problems.push(`"documents[${position}].${name}" is not known; known are id, text, metadata.`);
      }
    }
  }
  return documents as Document[];
}

function readQuery(value: unknown, problems: string[]): string {
  if (typeof value === 'string' && value.trim() !== '') return value;
  problems.push(`"query" is ${kindOf(value)}; it must be a text.`);
  return '';
}

function readTopK(value: unknown, problems: string[]): number {
  if (value === undefined) return DEFAULT_TOP_K;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_RESULTS)
    return value;
  problems.push(`"topK" is ${shown(value)}; it must be a whole number from 1 to ${MAX_RESULTS}.`);
  return DEFAULT_TOP_K;
}

function readFilter(value: unknown, problems: string[]): QueryFilter | undefined {
  if (value === undefined || isRecord(value)) return value;
  problems.push(`"filter" is ${kindOf(value)}; it must be an object like { "genre": "drama" }, or left out.`);
  return undefined;
}

function readNeededFilter(value: unknown, problems: string[]): QueryFilter {
  if (isRecord(value)) return value;
  problems.push(`"filter" is ${kindOf(value)}; it must be an object like { "genre": "drama" }.`);
  return {};
}

function readIds(value: unknown, problems: string[]): string[] {
  const ids: readonly unknown[] = Array.isArray(value) ? value : [];
  if (ids.length >= 1 && ids.length <= MAX_RESULTS && ids.every((id) => typeof id === 'string'))
    return [...ids];
  problems.push(
    `"ids" is ${Array.isArray(value) && value.length > MAX_RESULTS ? `a list of ${value.length}` : kindOf(value)}; it must be a list of 1 to ${MAX_RESULTS} texts.`,
  );
  return [];
}

function isOperation(value: unknown): value is Operation {
  return typeof value === 'string' && Object.hasOwn(MEMBERS, value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a value is, without the value: events hold people's texts. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (typeof value === 'string') return value.trim() === '' ? 'an empty text' : 'a text';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function shown(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number'
    ? JSON.stringify(value).slice(0, 40)
    : kindOf(value);
}
