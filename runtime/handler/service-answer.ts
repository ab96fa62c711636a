// What the service's function answers. Failures are answers too, with a code and what to do, never a stack trace.
import { InvalidInputError } from '../../contract/invalid-input';
import type { IndexShape } from '../../contract/index-shape';
import type { FoundDocument, SearchResult } from '../embedding-service/embedding-service';
import { StoreError } from '../embedding-service/store-report';
import type { StoreReport } from '../embedding-service/store-report';
import { RuntimeError, messageOf } from '../runtime-error';

/** `ok` is true only where everything that was asked for was done. */
export type ServiceAnswer =
  | ({ readonly op: 'store'; readonly ok: boolean; readonly error?: AnsweredError } & StoreReport)
  | { readonly op: 'search'; readonly ok: true; readonly results: readonly SearchResult[] }
  | {
      readonly op: 'get';
      readonly ok: boolean;
      readonly documents: readonly FoundDocument[];
      readonly missing: readonly string[];
    }
  | {
      readonly op: 'find';
      readonly ok: true;
      /** In no order. */
      readonly ids: readonly string[];
    }
  | {
      readonly op: 'delete';
      readonly ok: true;
      /** Ids that are not there any more, whether they were or not. */
      readonly deleted: number;
    }
  | {
      readonly op: 'describe';
      readonly ok: true;
      readonly vectorBucketName: string;
      readonly indexName: string;
      readonly index: IndexShape;
      readonly model: string;
      readonly dimension: number;
      readonly textKey: string;
    }
  | { readonly ok: false; readonly error: AnsweredError };

export interface AnsweredError {
  /** `INVALID_EVENT`, `INVALID_INPUT`, `INVALID_CONFIGURATION`, a code of the runtime's errors, or `INTERNAL`. */
  readonly code: string;
  readonly message: string;
  /** Every single fault, where there are several. */
  readonly problems?: readonly string[];
}

export function storeAnswer(report: StoreReport): ServiceAnswer {
  return { op: 'store', ok: report.failed === 0, ...report };
}

/** @param invalidCode what an InvalidInputError means where it was caught */
export function failureAnswer(thrown: unknown, invalidCode = 'INVALID_INPUT'): ServiceAnswer {
  if (thrown instanceof StoreError) {
    return {
      op: 'store',
      ok: false,
      ...thrown.report,
      error: { code: thrown.code, message: thrown.message },
    };
  }
  if (thrown instanceof InvalidInputError) {
    return { ok: false, error: { code: invalidCode, message: thrown.message, problems: thrown.problems } };
  }
  const code = thrown instanceof RuntimeError ? (thrown as RuntimeError).code : 'INTERNAL';
  return { ok: false, error: { code, message: messageOf(thrown) } };
}
