// GET /_local/decisions: what was decided and why; ?request-id=, ?last= and ?denied=true narrow it.
// POST /_local/decisions/forget: what is remembered of callers, policies and keys is asked for anew.
import type { Answer, Front, Request } from '../http/exchange';
import type { Permissions } from './permissions';

const PATH = '/_local/decisions';
const FORGET = `${PATH}/forget`;

/** @param permissions undefined where they are not enforced; the answer says so */
export function decisionsFront(permissions: Permissions | undefined): Front {
  return {
    logsFailuresOnly: true,
    nameOf({ method, path }) {
      if (method === 'GET' && path === PATH) return 'decisions';
      return method === 'POST' && path === FORGET ? 'forget decisions' : undefined;
    },
    answer(request) {
      if (request.method === 'GET') return Promise.resolve(decisions(permissions, request));
      permissions?.forget();
      return Promise.resolve(json(200, {}));
    },
    tooLarge: () => ({ status: 413, headers: {}, body: '' }),
  };
}

function decisions(permissions: Permissions | undefined, { query }: Request): Answer {
  const last = query.get('last') ?? undefined;
  if (last !== undefined && !/^[1-9]\d{0,5}$/.test(last)) {
    return json(400, { message: `last=${last} is no whole number from 1 to 999999.` });
  }
  const requestId = query.get('request-id') ?? undefined;
  return json(200, {
    iam: permissions === undefined ? 'off' : 'enforce',
    decisions:
      permissions?.decisions.find({
        ...(requestId === undefined ? {} : { requestId }),
        ...(last === undefined ? {} : { last: Number(last) }),
        deniedOnly: query.get('denied') === 'true',
      }) ?? [],
  });
}

function json(status: number, value: object): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}
