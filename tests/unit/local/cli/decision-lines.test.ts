// `why` as people see it.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decisionLines } from '../../../../local/cli/decision-lines';
import { readDecisions, type Decision } from '../../../../local/cli/decisions';

const DECISION: Decision = {
  time: '2026-11-21T10:00:00.000Z',
  requestId: '0b9c6f1e-0000-4000-8000-000000000000',
  operation: 'QueryVectors',
  principal: 'arn:aws:sts::000000000000:assumed-role/acme-github-deployer/a-session-with-a-long-name',
  action: 's3vectors:QueryVectors',
  resource: `arn:aws:s3vectors:us-east-1:000000000000:bucket/acme-local-vector-${'x'.repeat(60)}/index/episodes`,
  outcome: 'explicitlyDenied',
  decidedBy: {
    policy: 'arn:aws:iam::000000000000:policy/acme-s3-vector-management',
    sid: 'NoVectorData',
    statement: 5,
  },
  why: 'statement "NoVectorData" of acme-s3-vector-management denies s3vectors:QueryVectors on that index.',
};

describe('the decisions that `local why` prints', () => {
  it('fit a terminal of 80 columns and leave nothing out', () => {
    const printed = decisionLines([DECISION, { ...DECISION, outcome: 'allowed' }]);
    for (const line of printed.split('\n')) assert.ok(line.length <= 80, line);
    const joined = printed.replaceAll(/\s+/g, '');
    for (const part of [
      DECISION.principal,
      DECISION.resource,
      DECISION.requestId,
      DECISION.decidedBy?.policy,
    ]) {
      assert.ok(joined.includes(part ?? 'nothing'), part);
    }
    assert.match(printed, /^DENIED \(explicitly\) {2}QueryVectors/);
    assert.match(printed, /\n\nallowed {2}QueryVectors/);
  });

  it('say who is not known and which statement has no name', () => {
    const printed = decisionLines([
      { ...DECISION, principal: undefined, decidedBy: { policy: 'p', statement: 0 } },
    ]);
    assert.match(printed, /who {5}nobody that is known/);
    assert.match(printed, /decided by statement 1 of p/);
  });
});

describe('reading decisions', () => {
  let server: Server;
  let answer: object;
  let status: number;
  const asked: string[] = [];
  before(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.statusCode = status;
      response.end(JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  after(() => new Promise((resolve) => server.close(resolve)));
  const read = () =>
    readDecisions(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
      requestId: 'a b',
      last: 3,
      denied: true,
    });

  it('asks for what was selected', async () => {
    [status, answer] = [200, { iam: 'enforce', decisions: [DECISION] }];
    assert.deepEqual(await read(), [DECISION]);
    assert.equal(asked.at(-1), '/_local/decisions?last=3&denied=true&request-id=a+b');
  });

  it('says that nothing is decided where permissions are off', async () => {
    [status, answer] = [200, { iam: 'off', decisions: [] }];
    await assert.rejects(read(), /without --iam enforce/);
  });

  it('says what to do when the service is of before there were decisions', async () => {
    for ([status, answer] of [
      [404, {}],
      [200, { something: 'else' }],
    ] as [number, object][]) {
      await assert.rejects(read(), /local -- down/);
    }
  });
});
