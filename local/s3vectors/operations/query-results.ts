// Results of queries that have more than one page. They are kept as they were found, so that the pages of one query
// fit together whatever is written meanwhile; for a few minutes only, as the service does, and within a bound of memory.
import { randomBytes } from 'node:crypto';
import type { FoundLists, FoundVectors } from '../storage/found-vectors';
import { decodeToken } from './page-tokens';

/** How long a page token of QueryVectors can be used, in milliseconds ("several minutes", API reference). */
const LIFETIME = 5 * 60 * 1000;

interface Kept {
  readonly request: string;
  readonly found: FoundVectors;
  expires: number;
}

/** The results that a token continues. */
export interface Continued {
  readonly found: FoundVectors;
  readonly offset: number;
  readonly tokenOf: (offset: number) => string;
}

export class QueryResults {
  private readonly kept = new Map<string, Kept>();

  /** @param lists what keeps the results themselves */
  constructor(
    private readonly now: () => number,
    private readonly lists: FoundLists,
  ) {}

  /** Keeps results, and gives the token of the page that begins at `offset`. */
  keep(request: string, found: FoundVectors, offset: number): string {
    this.dropExpired();
    const id = randomBytes(16).toString('base64url');
    this.kept.set(id, { request, found, expires: this.now() + LIFETIME });
    return token(id, offset);
  }

  /** Gives results up that have no further page. */
  release(found: FoundVectors): void {
    this.lists.release(found);
  }

  /**
   * The results that a token continues; `unknown` for one that is forged, expired or of another request, `dropped` for
   * one whose results had to make room.
   */
  continue(request: string, pageToken: string): Continued | 'unknown' | 'dropped' {
    this.dropExpired();
    const text = decodeToken(pageToken)?.toString('latin1') ?? '';
    const [, id, digits] = /^([\w-]{22})\.(\d+)$/.exec(text) ?? [];
    const kept = id === undefined ? undefined : this.kept.get(id);
    if (id === undefined || kept?.request !== request) return 'unknown';
    if (kept.found.dropped) return 'dropped';
    kept.expires = this.now() + LIFETIME;
    this.lists.use(kept.found);
    return { found: kept.found, offset: Number(digits), tokenOf: (offset) => token(id, offset) };
  }

  private dropExpired(): void {
    const now = this.now();
    for (const [id, { expires, found }] of this.kept) {
      if (expires > now) continue;
      this.kept.delete(id);
      this.lists.release(found);
    }
  }
}

function token(id: string, offset: number): string {
  return Buffer.from(`${id}.${offset}`, 'latin1').toString('base64url');
}
