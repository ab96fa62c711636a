import assert from 'node:assert/strict';
import { parseHostArguments } from '../../../../local/language-host/host-arguments';
import {
  pluginArguments,
  pluginScript,
  programArguments,
  programEnvironment,
  programOutcome,
  sdkConfigKey,
} from '../../../../local/language-host/program-command';
import { parseRuntimeOptions, splitWords } from '../../../../local/language-host/runtime-options';

describe('The command line of the language host', () => {
  it('ends with the engine address, behind flags of any kind', () => {
    assert.deepEqual(parseHostArguments(['--logtostderr', '-v=9', '--tracing', 'http://t', '127.0.0.1:5']), {
      engineAddress: '127.0.0.1:5',
      tracing: 'http://t',
    });
    assert.deepEqual(parseHostArguments(['-tracing=x', '127.0.0.1:5']).tracing, 'x');
    assert.deepEqual(parseHostArguments([]), { engineAddress: '', tracing: '' });
  });
});

describe('Runtime options', () => {
  it('default as in the host that comes with the CLI', () => {
    assert.deepEqual(parseRuntimeOptions({}), {
      typescript: true,
      nodeArguments: [],
      tsconfig: '',
      packageManager: 'npm',
    });
  });

  it('split nodeargs like a shell', () => {
    assert.deepEqual(parseRuntimeOptions({ typescript: false, nodeargs: '--import tsx' }).nodeArguments, [
      '--import',
      'tsx',
    ]);
    assert.deepEqual(splitWords(`  a "b c" d\\ e 'f"g' ""`), ['a', 'b c', 'd e', 'f"g', '']);
    assert.equal(splitWords('"open'), undefined);
  });

  it('list every problem at once', () => {
    assert.throws(
      () => parseRuntimeOptions({ typescript: 'no', nodeargs: '"x', packagemanager: 'cargo', tsconfig: 1 }),
      {
        message:
          'runtime options: typescript must be true or false, not "no"; tsconfig must be a string, not 1; ' +
          'packagemanager must be one of npm, pnpm, yarn, bun, not "cargo"; nodeargs has a quote without its end: "\\"x"',
      },
    );
  });
});

describe('A program', () => {
  const request = {
    monitorAddress: '127.0.0.1:1',
    organization: 'organization',
    project: 'p',
    rootDirectory: '/root',
    stack: 'dev',
    pwd: '/root/main',
    dryRun: false,
    parallel: 16,
    entryPoint: 'stacks/storage/index.ts',
    args: ['x'],
    config: { 'p:a': '1', 'aws:region': 'r' },
    secretKeys: ['p:a'],
  };
  const host = { engineAddress: '127.0.0.1:2', tracing: '' };

  it('is called with everything that the engine gives', () => {
    assert.deepEqual(
      programArguments(request, host, { nodeArguments: ['--import', 'tsx'] }, '/sdk/cmd/run'),
      [
        ...['--import', 'tsx', '/sdk/cmd/run', '--monitor', '127.0.0.1:1', '--engine', '127.0.0.1:2'],
        ...[
          '--organization',
          'organization',
          '--project',
          'p',
          '--root-directory',
          '/root',
          '--stack',
          'dev',
        ],
        ...['--pwd', '/root/main', '--parallel', '16', 'stacks/storage/index.ts', 'x'],
      ],
    );
  });

  it('is told of a dry run, and what is empty is left out', () => {
    const args = programArguments(
      { ...request, dryRun: true, organization: '', entryPoint: '' },
      { engineAddress: '', tracing: 'http://zipkin' },
      { nodeArguments: [] },
      'run',
    );
    assert.ok(args.includes('--dry-run'));
    assert.ok(!args.includes('--organization') && !args.includes('--engine'));
    assert.deepEqual(args.slice(-4), ['--tracing', 'http://zipkin', '.', 'x']);
  });

  it('gets its configuration in the form that every SDK reads', () => {
    const options = { typescript: false, tsconfig: '' };
    assert.deepEqual(programEnvironment(request, options), {
      PULUMI_CONFIG: '{"p:config:a":"1","aws:config:region":"r"}',
      PULUMI_CONFIG_SECRET_KEYS: '["p:config:a"]',
    });
    assert.deepEqual(
      programEnvironment({ config: {}, secretKeys: [] }, { typescript: true, tsconfig: 't.json' }),
      {
        PULUMI_CONFIG: '{}',
        PULUMI_CONFIG_SECRET_KEYS: '[]',
        PULUMI_NODEJS_TYPESCRIPT: 'true',
        PULUMI_NODEJS_TSCONFIG_PATH: 't.json',
      },
    );
  });

  it('may have colons in the names of its configuration, but no key without a namespace', () => {
    assert.equal(sdkConfigKey('a:b:c'), 'a:config:b:c');
    assert.equal(sdkConfigKey('a:config:b'), 'a:config:b');
    for (const key of ['plain', ':x', 'x:']) assert.throws(() => sdkConfigKey(key), /namespace:name/);
  });

  it('that exits with 32 has reported its error, and any other code is reported for it', () => {
    assert.deepEqual(programOutcome(0, null), { error: '', bail: false });
    assert.deepEqual(programOutcome(32, null), { error: '', bail: true });
    assert.deepEqual(programOutcome(7, null), {
      error: 'Program exited with non-zero exit code: 7',
      bail: false,
    });
    assert.deepEqual(programOutcome(null, 'SIGKILL'), { error: 'Program was ended by SIGKILL', bail: false });
  });
});

describe('A plug-in', () => {
  const options = { nodeArguments: ['--import', 'tsx'] };

  it('that is a policy pack gets the engine address and then its directory, without nodeargs', () => {
    assert.equal(pluginScript('analyzer'), 'cmd/run-policy-pack');
    const request = { kind: 'analyzer', programDirectory: '/pack', args: ['-v=9', '127.0.0.1:1'] };
    assert.deepEqual(pluginArguments(request, options, 's'), ['s', '-v=9', '127.0.0.1:1', '/pack']);
  });

  it('of any other kind gets its directory first', () => {
    assert.equal(pluginScript('resource'), 'cmd/run-plugin');
    const request = { kind: 'resource', programDirectory: '/c', args: ['127.0.0.1:1'] };
    assert.deepEqual(pluginArguments(request, options, 's'), ['--import', 'tsx', 's', '/c', '127.0.0.1:1']);
  });
});
