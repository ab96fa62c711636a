// The decisions of the running S3 Vectors Local, for `why`.
import { z } from 'zod';
import { CommandFailure, EXIT } from './exit-codes';

const decision = z.object({
  time: z.string(),
  requestId: z.string(),
  operation: z.string(),
  principal: z.string().optional(),
  action: z.string(),
  resource: z.string(),
  outcome: z.enum(['allowed', 'implicitlyDenied', 'explicitlyDenied', 'refused']),
  decidedBy: z.object({ policy: z.string(), sid: z.string().optional(), statement: z.number() }).optional(),
  why: z.string(),
});
export type Decision = z.infer<typeof decision>;

const answer = z.object({ iam: z.enum(['off', 'enforce']), decisions: z.array(decision) });

export interface DecisionSelection {
  readonly requestId?: string | undefined;
  readonly last: number;
  readonly denied: boolean;
}

/**
 * @param url of S3 Vectors Local
 * @throws CommandFailure when it enforces nothing, or answers otherwise than it should
 */
export async function readDecisions(url: string, selection: DecisionSelection): Promise<readonly Decision[]> {
  const query = new URLSearchParams({ last: String(selection.last), denied: String(selection.denied) });
  if (selection.requestId !== undefined) query.set('request-id', selection.requestId);
  const response = await fetch(`${url}/_local/decisions?${query.toString()}`);
  const read = response.ok ? answer.safeParse(await response.json()) : undefined;
  if (read?.success !== true) {
    throw new CommandFailure(
      `${url} did not answer with decisions (status ${response.status}): ` +
        'restart it with `npm run local -- down` and `npm run local -- up`.',
      EXIT.failure,
    );
  }
  if (read.data.iam === 'off') {
    throw new CommandFailure(
      'This S3 Vectors Local runs without --iam enforce: nothing is decided, everybody may do everything.',
      EXIT.failure,
    );
  }
  return read.data.decisions;
}
