// What the policy pack costs: CPU time until it can judge, and CPU time for a stack of 1,000 resources with 200 roles
// and 400 policies, with how it grows with the number of roles. Run: npx tsx tests/bench/policy-pack.ts
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { policies } from '../../policy-pack/policies';
import type { Offered } from '../../policy-pack/resources/judged';

const ACCOUNT = '111122223333';
const RESOURCES = 1_000;
const POLICIES_PER_ROLE = 2;
const ATTEMPTS = 3;

function offered(type: string, name: string, props: Record<string, unknown>): Offered {
  return { type, name, urn: `urn:pulumi:prod::bench::${type}::${name}`, props, opts: { protect: true } };
}

/** Roles with two policies each, every document different; the rest are queues, which no policy reads. */
function stack(count: number): Offered[] {
  const allow = (Sid: string, Action: readonly string[], Resource: readonly string[]) => ({
    Sid,
    Effect: 'Allow',
    Action,
    Resource,
  });
  const tags = { Project: 'acme', ManagedBy: 'pulumi' };
  const resources = Array.from({ length: count }, (_, at) => {
    const bucket = `acme-prod-vector-docs${at}`;
    const index = `arn:aws:s3vectors:eu-west-1:${ACCOUNT}:bucket/${bucket}/index/*`;
    const documents = [
      [
        allow('Search', ['s3vectors:QueryVectors', 's3vectors:Get*'], [index]),
        allow(
          'Objects',
          ['s3:*Object', 's3:ListBucket'],
          [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
        ),
      ],
      [
        allow('Logs', ['logs:*'], [`arn:aws:logs:*:${ACCOUNT}:log-group:/aws/lambda/f${at}*`]),
        { Effect: 'Deny', Action: ['s3:DeleteBucket*', 's3vectors:Delete*'], Resource: '*' },
      ],
    ];
    return [
      offered('aws:iam/role:Role', `role${at}`, {
        name: `role${at}`,
        tags,
        assumeRolePolicy: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
          ],
        }),
        managedPolicyArns: documents.map(
          (_document, which) => `arn:aws:iam::${ACCOUNT}:policy/p${at}-${which}`,
        ),
      }),
      ...documents.map((Statement, which) =>
        offered('aws:iam/policy:Policy', `p${at}-${which}`, {
          name: `p${at}-${which}`,
          tags,
          policy: JSON.stringify({ Version: '2012-10-17', Statement }),
        }),
      ),
    ];
  }).flat();
  const queues = Array.from({ length: Math.max(0, RESOURCES - resources.length) }, (_, at) =>
    offered('aws:sqs/queue:Queue', `queue${at}`, { name: `queue${at}` }),
  );
  return [...resources, ...queues];
}

/** Milliseconds of CPU that each policy takes for the stack; a violation would mean that the stack is not a clean one. */
function analyse(resources: readonly Offered[]): Map<string, number> {
  const spent = new Map<string, number>();
  for (const policy of policies) {
    const defaults = Object.entries(policy.configSchema?.properties ?? {}).flatMap(([key, schema]) =>
      schema.default === undefined ? [] : [[key, schema.default] as const],
    );
    const common = { getConfig: () => Object.fromEntries(defaults), stackTags: new Map<string, string>() };
    const report = (found: unknown) => {
      throw new Error(`${policy.name} found something: ${JSON.stringify(found)}`);
    };
    const before = process.cpuUsage();
    if ('validateStack' in policy) {
      void policy.validateStack({ ...common, resources } as never, report);
    } else {
      for (const validate of [policy.validateResource ?? []].flat()) {
        for (const resource of resources) void validate({ ...common, ...resource } as never, report);
      }
    }
    const { user, system } = process.cpuUsage(before);
    spent.set(policy.name, (user + system) / 1000);
  }
  return spent;
}

/** CPU and wall time of a process that loads the pack as the engine's host does, less that of an empty process. */
function startTime(): { readonly cpu: number; readonly wall: number } {
  const root = path.resolve(__dirname, '../..');
  const load =
    `require('@pulumi/policy');require('tsx/cjs');require('${root}/policy-pack/policies');` +
    'const u=process.cpuUsage();process.stdout.write(JSON.stringify([(u.user+u.system)/1000,performance.now()]))';
  const runs = Array.from({ length: ATTEMPTS }, () => {
    const { stdout } = spawnSync(process.execPath, ['-e', load], { cwd: root, encoding: 'utf8' });
    const [cpu = NaN, wall = NaN] = JSON.parse(stdout) as number[];
    return { cpu, wall };
  });
  return runs.reduce((best, one) => (one.wall < best.wall ? one : best));
}

/** In a process of its own, so that nothing is compiled or remembered yet: what a deployment pays. */
function analyseFresh(roles: number): ReadonlyMap<string, number> {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--import', 'tsx', __filename, String(roles)],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
  return new Map(JSON.parse(stdout) as [string, number][]);
}

function main(): void {
  const { cpu, wall } = startTime();
  const lines = [
    `start: ${cpu.toFixed(0)} ms of CPU, ${wall.toFixed(0)} ms (best of ${ATTEMPTS}; wanted: under 1,000)`,
    '',
    `${RESOURCES} resources, ${POLICIES_PER_ROLE} policies a role; CPU in ms (wanted: under 2,000 at 200 roles)`,
  ];
  let last: ReadonlyMap<string, number> = new Map();
  for (const roles of [25, 50, 100, 200]) {
    last = analyseFresh(roles);
    const total = [...last.values()].reduce((sum, one) => sum + one, 0);
    lines.push(`${String(roles).padStart(6)} roles ${total.toFixed(0).padStart(8)}`);
  }
  lines.push('', 'at 200 roles, by policy');
  for (const [name, spent] of [...last].sort((one, other) => other[1] - one[1]).slice(0, 6)) {
    lines.push(`${spent.toFixed(0).padStart(8)}  ${name}`);
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}

const roles = process.argv[2];
if (roles === undefined) main();
else process.stdout.write(JSON.stringify([...analyse(stack(Number(roles)))]));
