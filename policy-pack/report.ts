// How a policy says what it found: a violation at the policy's own level, or, where nobody can decide yet, an
// advisory note. A note never stops an update and is never silence.
import type { ReportViolation } from '@pulumi/policy';
import { lines } from './lines';

/** The engine indents a message by ten columns; with this width its lines fit a terminal of 80. */
const COLUMNS = 70;

export interface Report {
  violation(message: string): void;
  advisory(message: string): void;
}

/**
 * @pulumi/policy 1.21 takes an object in place of the message (server.js, makeReportViolationFun), which its type
 * does not show; it is the one way to report below the policy's level.
 */
type ReportWithLevel = (
  diagnostic: {
    readonly message: string;
    readonly enforcementLevel: 'advisory';
    readonly urn: string | undefined;
  },
  urn?: string,
) => void;

export function reportFor(report: ReportViolation, urn?: string): Report {
  return {
    violation: (message) => {
      report(lines(message, COLUMNS).join('\n'), urn);
    },
    advisory: (message) => {
      (report as unknown as ReportWithLevel)({
        message: lines(message, COLUMNS).join('\n'),
        enforcementLevel: 'advisory',
        urn,
      });
    },
  };
}
