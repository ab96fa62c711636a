// Whether a refusal of a batch is about its records or about everything. S3 Vectors answers 400 to both: to a record
// that breaks a rule, and to any record of an index whose encryption key is disabled.
import { readFailure } from '../retry/failure-kind';
import { VectorStoreError } from './vector-store-error';

/** What a single record can be refused with; other refusals would meet every record alike. */
const OF_A_RECORD = new Set(['ValidationException', 'SerializationException']);
/** Something on the way takes no body of that length; a shorter one it may take. */
const TOO_LONG = 413;

/** Whether a batch that was refused so may be taken in parts. */
export function mayBeOfARecord(thrown: unknown): boolean {
  const { name, status } = readFailure(thrown);
  return status === TOO_LONG || OF_A_RECORD.has(name);
}

/** The error of a call that ends because all of it would be refused. */
export function everythingRefused(refusal: VectorStoreError, why: string): VectorStoreError {
  return new VectorStoreError('EVERYTHING_REFUSED', `${refusal.message} ${why}`, { cause: refusal });
}

/** A refusal that is not of what was sent becomes one of everything; any other failure stays as it is. */
export function judged(error: VectorStoreError): VectorStoreError {
  return error.code === 'REFUSED_BY_SERVICE' && !mayBeOfARecord(error.cause)
    ? everythingRefused(error, 'The refusal is of the index, not of what was sent.')
    : error;
}

/**
 * Places spread evenly over a list, its first and its last among them.
 * @param length items of the list, more than `count`
 * @param count places, at least 2
 */
export function spread(length: number, count: number): number[] {
  return Array.from({ length: count }, (_, place) => Math.round((place * (length - 1)) / (count - 1)));
}
