// Our evaluator against another one, written by other people from the same documentation: @cloud-copilot/iam-simulate.
// It is an oracle for tests and nothing else. Where the two differ, known-differences says who is right, and why.
import { anonymousPrincipal, runSimulation } from '@cloud-copilot/iam-simulate';
import assert from 'node:assert/strict';
import { type Decision, evaluate } from '../../../../contract/iam/evaluator/evaluate';
import { type GeneratedRequest, generatedRequests } from './generated-requests';
import { asTheyRead, KNOWN_DIFFERENCES, type KnownDifference } from './known-differences';

const SEED = 1;
/** More of them: DIFFERENTIAL_REQUESTS=200000, some 0.6 ms each. */
const REQUESTS = Math.max(20_000, Number(process.env['DIFFERENTIAL_REQUESTS'] ?? 20_000));

type Outcome = Decision['outcome'];

function ours({ request, identity, boundary, session, resource }: GeneratedRequest): Outcome {
  return evaluate(request, {
    identity: identity.map((document, at) => ({ name: `identity ${at}`, document })),
    ...(boundary === undefined ? {} : { boundary: { name: 'boundary', document: boundary } }),
    ...(session === undefined ? {} : { session: [{ name: 'session', document: session }] }),
    ...(resource === undefined ? {} : { resource: [{ name: 'resource', document: resource }] }),
  }).outcome;
}

const OUTCOMES: Readonly<Record<string, Outcome>> = {
  Allowed: 'allowed',
  ImplicitlyDenied: 'implicitlyDenied',
  ExplicitlyDenied: 'explicitlyDenied',
};

async function theirs({
  request,
  identity,
  boundary,
  session,
  resource,
}: GeneratedRequest): Promise<Outcome> {
  const { caller } = request;
  const answer = await runSimulation(
    {
      request: {
        principal:
          caller.kind === 'aws' ? caller.arn : caller.kind === 'service' ? caller.name : anonymousPrincipal,
        action: request.action,
        resource: { resource: request.resource, accountId: request.resourceAccount },
        contextVariables: { ...request.context } as Record<string, string | string[]>,
      },
      identityPolicies: identity.map((policy, at) => ({ name: `identity ${at}`, policy })),
      ...(boundary === undefined
        ? {}
        : { permissionBoundaryPolicies: [{ name: 'boundary', policy: boundary }] }),
      ...(session === undefined ? {} : { sessionPolicy: session }),
      resourcePolicy: resource,
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  assert.ok(answer.resultType === 'single', `the oracle refused ${JSON.stringify({ answer, request })}`);
  const outcome = OUTCOMES[answer.result.analysis.result];
  assert.ok(outcome !== undefined, answer.result.analysis.result);
  return outcome;
}

/** The fewest known differences that turn our verdict into theirs; undefined where none do. */
function explanation(generated: GeneratedRequest, outcome: Outcome): readonly KnownDifference[] | undefined {
  const subsets = KNOWN_DIFFERENCES.reduce<KnownDifference[][]>(
    (found, one) => [...found, ...found.map((subset) => [...subset, one])],
    [[]],
  ).sort((one, other) => one.length - other.length);
  return subsets.find((subset) => ours(asTheyRead(generated, subset)) === outcome);
}

describe('the evaluator beside iam-simulate', function () {
  // 22 s on an idle machine; minutes where others work too, or where more requests are asked for.
  this.timeout(20 * 60_000);

  const tally = new Map<string, number>();
  const unexplained: string[] = [];
  const seen = new Map<KnownDifference, number>();
  before(async () => {
    for (const generated of generatedRequests(SEED, REQUESTS)) {
      const [mine, other] = [ours(generated), await theirs(generated)];
      const verdict = mine === other ? mine : 'differs';
      tally.set(verdict, (tally.get(verdict) ?? 0) + 1);
      if (mine === other) continue;
      const because = explanation(generated, other);
      because?.forEach((one) => seen.set(one, (seen.get(one) ?? 0) + 1));
      if (because === undefined)
        unexplained.push(`we say ${mine}, they say ${other}: ${JSON.stringify(generated)}`);
    }
  });

  it(`agrees on ${REQUESTS} requests, but for differences that AWS's documentation decides`, () => {
    assert.equal(unexplained.length, 0, unexplained.slice(0, 3).join('\n'));
  });

  it('is asked for verdicts of every kind, often enough to mean something', () => {
    for (const verdict of ['allowed', 'implicitlyDenied', 'explicitlyDenied']) {
      assert.ok((tally.get(verdict) ?? 0) > REQUESTS / 8, `${verdict}: ${tally.get(verdict) ?? 0}`);
    }
    assert.ok((tally.get('differs') ?? 0) < REQUESTS / 20, `${tally.get('differs') ?? 0} differences`);
  });

  for (const difference of KNOWN_DIFFERENCES) {
    it(`still differs in this: ${difference.what}`, () => {
      assert.ok((seen.get(difference) ?? 0) > 0, 'no longer seen; take it from the list');
      assert.match(difference.decidedBy, /IAM User Guide, "/);
      assert.match(difference.source, /^https:\/\/docs\.aws\.amazon\.com\/IAM\/latest\/UserGuide\//);
    });
  }
});
