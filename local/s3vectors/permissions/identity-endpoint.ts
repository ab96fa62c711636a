// Where S3 Vectors Local asks who calls, checked before anything starts.
import { OptionError } from '../option-error';

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * The endpoint, without a trailing slash; undefined where permissions are not enforced.
 * @throws OptionError where they are to be enforced and nobody can be asked, or the endpoint is on another machine
 */
export function readIdentityEndpoint(
  iam: 'off' | 'enforce' | undefined,
  given: string | undefined,
): string | undefined {
  if (iam !== 'enforce') {
    if (given === undefined) return undefined;
    throw new OptionError('--identity-endpoint is for --iam enforce; without that nobody is asked.');
  }
  if (given === undefined) {
    throw new OptionError(
      '--iam enforce needs --identity-endpoint: the URL of a ministack, which knows roles, policies and keys, for ' +
        'example http://127.0.0.1:4566. `npm run local -- up` starts both and puts them together.',
    );
  }
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url?.protocol !== 'http:' || !LOOPBACK.includes(url.hostname)) {
    throw new OptionError(
      `--identity-endpoint ${given} is no http URL of this machine; give one like http://127.0.0.1:4566.`,
    );
  }
  return url.origin;
}
