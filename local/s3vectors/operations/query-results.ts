// Results of queries that have more than one page. They are kept as they were found, so that the pages of one query
// fit together whatever is written meanwhile; for a few minutes only, as the service does, and within a bound of memory.
import { randomBytes } from 'node:crypto';
import { decodeToken } from './page-tokens';

/** How long a page token of QueryVectors can be used, in milliseconds ("several minutes", API reference). */
const LIFETIME = 5 * 60 * 1000;
/** Bytes of kept results; beyond them the oldest are dropped, and their tokens are as expired ones. */
const MEMORY = 256 * 1024 * 1024;

/** One result as the answer will show it. */
export interface QueryResult {
  readonly key: string;
  readonly distance?: number;
  /** Metadata as JSON text, to be cheap to keep. */
  readonly metadata?: string;
}

interface Kept {
  readonly request: string;
  readonly results: readonly QueryResult[];
  readonly bytes: number;
  expires: number;
}

export class QueryResults {
  private readonly kept = new Map<string, Kept>();
  private bytes = 0;

  constructor(private readonly now: () => number) {}

  /** Keeps results, and gives the token of the page that begins at `offset`. */
  keep(request: string, results: readonly QueryResult[], offset: number): string {
    this.dropExpired();
    const id = randomBytes(16).toString('base64url');
    const bytes = results.reduce(
      (sum, { key, metadata }) => sum + 64 + 2 * key.length + 2 * (metadata?.length ?? 0),
      0,
    );
    this.kept.set(id, { request, results, bytes, expires: this.now() + LIFETIME });
    this.bytes += bytes;
    for (const oldest of this.kept.keys()) {
      if (this.bytes <= MEMORY || oldest === id) break;
      this.drop(oldest);
    }
    return token(id, offset);
  }

  /** The results that a token continues; undefined for one that is unknown, expired or of another request. */
  continue(
    request: string,
    pageToken: string,
  ):
    | {
        readonly results: readonly QueryResult[];
        readonly offset: number;
        readonly tokenOf: (offset: number) => string;
      }
    | undefined {
    this.dropExpired();
    const text = decodeToken(pageToken)?.toString('latin1') ?? '';
    const [, id, digits] = /^([\w-]{22})\.(\d+)$/.exec(text) ?? [];
    const kept = id === undefined ? undefined : this.kept.get(id);
    if (id === undefined || kept?.request !== request) return undefined;
    kept.expires = this.now() + LIFETIME;
    return { results: kept.results, offset: Number(digits), tokenOf: (offset) => token(id, offset) };
  }

  private dropExpired(): void {
    const now = this.now();
    for (const [id, { expires }] of this.kept) if (expires <= now) this.drop(id);
  }

  private drop(id: string): void {
    this.bytes -= this.kept.get(id)?.bytes ?? 0;
    this.kept.delete(id);
  }
}

function token(id: string, offset: number): string {
  return Buffer.from(`${id}.${offset}`, 'latin1').toString('base64url');
}
