// Exceptions: a resource that one policy may leave as it is, for a written reason and until a day. An exception that
// has run out excepts nothing, and the violation says so; one in force turns a violation into a note, never into
// silence.
import type { PolicyConfigJSONSchema } from '@pulumi/policy/schema';
import { matches, wildcard } from '../contract/iam/evaluator/pattern';
import type { Report } from './report';
import type { Judged } from './resources/judged';

export interface Exception {
  /** URN, physical name or logical name of the resource; `*` and `?` are wildcards. */
  readonly resource: string;
  readonly reason: string;
  /** The last day on which it holds, `YYYY-MM-DD`, in UTC. */
  readonly expires: string;
}

/** A day of the calendar; 29 February counts in every year here, and holds nothing where it does not exist. */
const DAY =
  '^[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|[12][0-9]))$';

export const exceptionsSchema: PolicyConfigJSONSchema = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      resource: {
        type: 'string',
        minLength: 1,
        description: 'URN, physical or logical name of the resource; "*" and "?" are wildcards.',
      },
      reason: {
        type: 'string',
        minLength: 10,
        pattern: '\\S[\\s\\S]{8,}\\S',
        description: 'Why the policy does not hold for it, in ten characters or more.',
      },
      expires: {
        type: 'string',
        pattern: DAY,
        description: 'The last day on which the exception holds, YYYY-MM-DD (UTC).',
      },
    },
    required: ['resource', 'reason', 'expires'],
    additionalProperties: false,
  },
  description: 'Resources that may break the policy, each for a reason and until a day.',
  default: [],
};

/** The report with the exceptions of the resource applied. */
export function withExceptions(
  report: Report,
  names: readonly string[],
  exceptions: readonly Exception[],
  today: string,
): Report {
  const meant = exceptions.filter(({ resource }) => names.some((name) => matches(wildcard(resource), name)));
  const [inForce] = meant.filter(({ expires }) => holdsOn(expires, today));
  const [over] = meant;
  if (over === undefined) return report;
  return {
    violation: (message) => {
      if (inForce !== undefined) {
        report.advisory(`${message} Excepted until ${inForce.expires}: ${inForce.reason}`);
      } else {
        report.violation(
          `${message} The exception for "${over.resource}" ended on ${over.expires} (${over.reason}): ` +
            'fix the resource, or renew the exception.',
        );
      }
    },
    advisory: (message) => {
      report.advisory(message);
    },
  };
}

/** Everything that an exception can call a resource. */
export function namesOf({
  urn,
  logicalName,
  props,
}: Pick<Judged, 'urn' | 'logicalName' | 'props'>): string[] {
  const physical = PHYSICAL_NAMES.map((property) => props[property]).filter(
    (name) => typeof name === 'string',
  );
  return [urn, logicalName, ...physical];
}

/** Today in UTC, as exceptions write it. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** A day that is none (30 February) has never come, so nothing holds on it. */
function holdsOn(expires: string, day: string): boolean {
  const time = Date.parse(`${expires}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(expires) && day <= expires;
}

const PHYSICAL_NAMES = [
  'name',
  'bucket',
  'bucketName',
  'vectorBucketName',
  'indexName',
  'policyName',
  'managedPolicyName',
  'roleName',
  'userName',
  'groupName',
];
