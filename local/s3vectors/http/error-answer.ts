// An error of the service in the form of restJson1, bounded: one about a request that is all mistakes has no end.
import type { ServiceError } from '../service-error';
import type { Answer } from './exchange';

/** Characters of a message in an answer, at most. */
const MESSAGE_LENGTH = 100_000;
/** Characters of it in the log. */
const LOGGED_LENGTH = 4_000;
/** Entries of a fieldList, at most. */
const FIELDS = 2_000;

export function errorAnswer(error: ServiceError): Answer {
  const { name, status, fieldList, detail } = error;
  const message = cut(error.message, MESSAGE_LENGTH);
  const body = {
    ...(message === '' ? {} : { message }),
    ...(fieldList.length === 0 ? {} : { fieldList: fieldList.slice(0, FIELDS) }),
  };
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': name },
    body: JSON.stringify(body),
    error: name,
    detail: cut(detail ?? message, LOGGED_LENGTH),
  };
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
