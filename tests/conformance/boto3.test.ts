// S3 Vectors Local through boto3: another implementation of the protocol, whose newest operations the installed
// JavaScript client does not know. boto3 is installed beside ministack, by the tool chain.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { devNull } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import { inputs } from '../../local/s3vectors/model/inputs';
import { localPaths } from '../../local/paths';
import { silentProgress } from '../../local/progress';
import { ensureMinistack } from '../../local/toolchain';
import { ACCOUNT_ID, REGION, startService, type RunningService } from './running-service';

const SCRIPT = path.join(__dirname, 'boto3', 'operations.py');

describe('through boto3', () => {
  let service: RunningService | undefined; // stays so when the environment cannot be made
  let results: ReadonlyMap<string, string | undefined>;
  before(async function () {
    this.timeout(180_000); // on a new machine the Python environment is made first
    const context = { paths: localPaths(), report: silentProgress, environment: process.env };
    const { python } = await ensureMinistack(context);
    service = await startService();
    results = await runChecks(python, service.server.url);
  });
  after(() => service?.stop());

  for (const operation of Object.keys(inputs)) {
    it(`${operation} does what boto3 asks for`, () => {
      assert.ok(results.has(operation), `botocore has no operation ${operation}`);
      const error = results.get(operation);
      if (error !== undefined) assert.fail(error);
    });
  }

  it('every operation that botocore knows is one that is tested here', () => {
    assert.deepEqual([...results.keys()].sort(), Object.keys(inputs).sort());
  });
});

/** What the script says of each operation: undefined, or its error. @throws with its output when it ends early */
async function runChecks(python: string, endpoint: string): Promise<ReadonlyMap<string, string | undefined>> {
  // Neither the person's AWS settings nor their Python's.
  const child = spawn(python, ['-I', '-B', SCRIPT, endpoint, REGION, ACCOUNT_ID], {
    env: {
      PATH: process.env['PATH'],
      AWS_CONFIG_FILE: devNull,
      AWS_SHARED_CREDENTIALS_FILE: devNull,
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, code] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    }),
  ]);
  if (code !== 0) throw new Error(`${SCRIPT} ended with code ${String(code)}:\n${stdout}${stderr}`);
  const lines = stdout.trim().split('\n');
  return new Map(
    lines
      .map((line) => JSON.parse(line) as { operation: string; error?: string })
      .map(({ operation, error }) => [operation, error]),
  );
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream.setEncoding('utf8')) text += String(chunk);
  return text;
}
