// Who signed a request: the access key id of its signature, in the header or in the query of a presigned URL. The
// signature itself is not checked, since nobody here knows the secret: a local service tells callers apart, it does not
// keep strangers out (loopback does).
import type { Request } from '../http/exchange';

const IN_HEADER = /^AWS4-[A-Z0-9-]+\s.*?Credential=([^/,\s]+)\//;

/** Undefined for a request that nobody signed. */
export function accessKeyOf(request: Pick<Request, 'header' | 'query'>): string | undefined {
  const signed = IN_HEADER.exec(request.header('authorization') ?? '')?.[1];
  if (signed !== undefined) return signed;
  const [presigned] = (request.query.get('X-Amz-Credential') ?? '').split('/');
  return presigned === '' ? undefined : presigned;
}
