// A refusal as S3 Vectors answers it. Denials are modelled; the others are what every AWS service answers with (S3
// Vectors API reference, "Common errors").
import { ServiceError, type ErrorName } from '../service-error';
import type { Refusal, RefusalKind } from './refusal';

const NAMES: Readonly<Record<RefusalKind, ErrorName>> = {
  denied: 'AccessDeniedException',
  unsigned: 'MissingAuthenticationTokenException',
  unknownCredentials: 'UnrecognizedClientException',
  expiredCredentials: 'ExpiredTokenException',
  undecidable: 'ServiceUnavailableException',
};

export function inServiceWords({ kind, message, detail }: Refusal): ServiceError {
  return new ServiceError(
    NAMES[kind],
    message,
    [],
    detail === undefined ? message : `${message} (${detail})`,
  );
}
