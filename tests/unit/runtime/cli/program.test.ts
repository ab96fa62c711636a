import assert from 'node:assert/strict';
import type { Command } from 'commander';
import stringWidth from 'string-width';
import { wantsFile } from '../../../../runtime/cli/completion';
import { exitCodeOf, messageFor } from '../../../../runtime/cli/outcome';
import { s3VectorsProgram } from '../../../../runtime/cli/program';

/** Everything that `--help` prints, the texts after it included. */
function helpOf(command: Command): string {
  let printed = '';
  command.configureOutput({ writeOut: (text) => (printed += text) });
  command.outputHelp();
  return printed;
}

describe('the help of s3-vectors', () => {
  const program = s3VectorsProgram(new AbortController().signal);
  const own = program.commands.filter((command) => !['policy', 'local', 'complete'].includes(command.name()));

  it('fits 80 columns in every command', () => {
    for (const command of [program, ...own]) {
      for (const line of helpOf(command).split('\n')) {
        assert.ok(stringWidth(line) <= 80, `${command.name()}: ${line}`);
      }
    }
  });

  it('has examples in every command, each of which names it', () => {
    for (const command of own) {
      const examples = /\nExamples?:\n([\s\S]*)$/.exec(helpOf(command))?.[1] ?? '';
      assert.ok(examples.includes(`s3-vectors ${command.name()}`), command.name());
    }
  });

  it('names every command of the library and of the other rooms', () => {
    const names = program.commands.map((command) => command.name());
    for (const name of [
      'outputs',
      'put',
      'get',
      'query',
      'list',
      'delete',
      'health',
      'cost',
      'policy',
      'local',
    ]) {
      assert.ok(names.includes(name), name);
    }
  });

  it('documents --json and --quiet in every command', () => {
    for (const command of own) {
      const flags = command.options.map(({ long }) => long);
      assert.ok(flags.includes('--json') && flags.includes('--quiet'), command.name());
    }
  });
});

describe('bad input', () => {
  /** Every one is found before anybody is asked for anything. */
  const cases: readonly (readonly [args: string, words: RegExp])[] = [
    ['put nowhere.jsonl', /^nowhere\.jsonl cannot be read \(ENOENT/],
    ['put /', /^\/ is no file\./],
    ['put - --outputs -', /cannot both come from standard input/],
    ['put', /missing required argument 'file'/],
    ['query', /give --vector, --key or --text/],
    ['query --key a --text b', /Give one of --key and --text/],
    ['query --vector [1', /^--vector is no JSON/],
    ['query --key a --filter []', /^--filter must be a JSON object/],
    ['query --key a --index i --index i', /^--index i is given twice/],
    ['query --key a --top 10001', /whole number from 1 to 10000/],
    ['get', /missing required argument 'key'/],
    ['get a --endpoint nonsense', /must be a URL/],
    ['get a --region nonsense', /must be an AWS Region/],
    ['get a --bucket bbb --index iii --stack dev', /--bucket names the vector bucket, and so does/],
    ['list --segments 17', /whole number from 1 to 16/],
    ['list --where {', /^--where is no JSON/],
    ['delete', /Give keys, or --where/],
    ['delete a --where {"a":1}', /not both/],
    ['outputs --env --json', /Give --env or --json/],
    ['outputs --outputs /nowhere', /stack outputs from \/nowhere: it cannot be read/],
    ['health --s3-endpoint nonsense', /must be a URL/],
    ['cost', /--vectors is missing[\s\S]*--dimension is missing/],
    ['cost --vectors 1 --dimension 1 --bucket bbb', /--bucket only with --count/],
    ['cost --example episodes --vectors 1', /leave --vectors out/],
    ['cost --example nonsense', /Allowed choices are older-layout-standard/],
    ['nonsense', /unknown command 'nonsense'/],
  ];
  for (const [args, words] of cases) {
    it(`ends with 2 and says what and how: ${args}`, async () => {
      let printed = '';
      const signal = new AbortController().signal;
      const program = s3VectorsProgram(signal);
      for (const command of [program, ...program.commands]) {
        command.configureOutput({ writeErr: (text) => (printed += text) });
      }
      await assert.rejects(program.parseAsync(args.split(' '), { from: 'user' }), (error: unknown) => {
        assert.equal(exitCodeOf(error, signal), 2, String(error));
        assert.match(messageFor(error, signal) ?? printed.replace(/^error: /, ''), words);
        return true;
      });
    });
  }
});

describe('completion', () => {
  const program = s3VectorsProgram(new AbortController().signal);

  it('leaves files to the shell where a file is wanted, and only there', () => {
    assert.equal(wantsFile(program, ['put', 'rec']), true);
    assert.equal(wantsFile(program, ['put', '']), true);
    assert.equal(wantsFile(program, ['query', '--outputs', '']), true);
    assert.equal(wantsFile(program, ['query', '-C', '']), true);
    assert.equal(wantsFile(program, ['put', '--failed', 'x']), true);
    assert.equal(wantsFile(program, ['put', '--mo']), false);
    assert.equal(wantsFile(program, ['put', '--model', '']), false);
    assert.equal(wantsFile(program, ['get', 'k']), false);
    assert.equal(wantsFile(program, ['pu']), false);
  });
});
