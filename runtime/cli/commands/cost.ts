// `s3-vectors cost`: what vectors cost, from numbers on the command line, from an index that is counted, or by an example.
import { Option } from 'commander';
import type { Command } from 'commander';
import { MAX_DIMENSION, MAX_FILTERABLE_METADATA_BYTES, MAX_METADATA_BYTES } from '../../../contract/limits';
import { BYTES_PER_NUMBER } from '../../cost/archive-cost';
import { COST_EXAMPLES } from '../../cost/cost-examples';
import type { CostEstimate } from '../../cost/cost-estimate';
import { costEstimate, costInput } from '../cost-input';
import type { CostOptions } from '../cost-input';
import { countIndex } from '../count-index';
import { CommandFailure, EXIT } from '../exit-codes';
import { amount, wholeNumber } from '../numbers';
import { targetIn, withStore } from '../session';
import type { Session } from '../session';
import { withTargetOptions } from '../target';
import type { TargetOptions } from '../target';
import { tableOf } from '../terminal';
import type { Terminal } from '../terminal';
import { usdText } from '../usd-text';
import { wrappedText } from '../wrapped-text';

interface CostCommandOptions extends CostOptions, Omit<TargetOptions, 'region'> {
  readonly example?: keyof typeof COST_EXAMPLES;
  readonly count?: boolean;
}

/** Options that lead to an index, and to nothing where none is counted. */
const OF_AN_INDEX = ['stack', 'cwd', 'outputs', 'bucket', 'index', 'endpoint'];

export function declareCost(program: Command, session: (command: Command) => Session): void {
  withTargetOptions(program.command('cost'))
    .description('estimate what vectors cost, in US dollars')
    .option('--vectors <count>', 'vectors stored', wholeNumber(0))
    .option('--dimension <count>', 'numbers in a vector', wholeNumber(1, MAX_DIMENSION))
    .option('--key-bytes <count>', 'bytes of a key (default: 36)', wholeNumber(1, 1024))
    .option(
      '--metadata-bytes <count>',
      'filterable metadata of a vector (default: 0)',
      wholeNumber(0, MAX_FILTERABLE_METADATA_BYTES),
    )
    .option(
      '--non-filterable-bytes <count>',
      'other metadata of a vector (default: 0)',
      wholeNumber(0, MAX_METADATA_BYTES),
    )
    .option('--puts <count>', 'vectors put again or anew every month', wholeNumber(0))
    .option('--per-put <count>', 'vectors in one request (default: 500)', wholeNumber(1, 500))
    .option('--queries <count>', 'queries a month', wholeNumber(0))
    .option('--top <count>', 'results of a query (default: 10)', wholeNumber(1, 10_000))
    .option('--requests <count>', 'other requests a month', wholeNumber(0))
    .option('--no-load', 'without the first load')
    .option('--model <id>', 'embedding model that makes the vectors once')
    .option('--tokens <count>', 'tokens of a text, for --model', amount)
    .option('--token-price <usd>', 'for a million tokens, where --model has none here', amount)
    .addOption(
      new Option('--older-layout <form>', 'the same vectors as objects in S3 too').choices(
        Object.keys(BYTES_PER_NUMBER),
      ),
    )
    .option('--prices-of <region>', 'take the prices of this Region')
    .option('--count', 'count the vectors of the index and measure their metadata')
    .addOption(
      new Option('--example <name>', 'a calculation of the older guides').choices(Object.keys(COST_EXAMPLES)),
    )
    .addHelpText(
      'after',
      `
Nobody is asked but, with --count, the index: all of it is listed, which is
itself billed by the request.

Examples:
  s3-vectors cost --vectors 1,000,000 --dimension 1024 --queries 100,000
  s3-vectors cost --count --queries 100000
  s3-vectors cost --vectors 1000000 --dimension 1024 --tokens 100 \\
    --model amazon.titan-embed-text-v2:0
  s3-vectors cost --example episodes
`,
    )
    .action(async (options: CostCommandOptions, command: Command) => {
      const here = session(command);
      const { terminal } = here;
      const estimate =
        options.example === undefined
          ? costEstimate(await inputOf(options, command, here))
          : exampleEstimate(options.example, command, terminal);
      if (terminal.json) terminal.document(estimate);
      else terminal.out(costText(terminal, estimate));
    });
}

async function inputOf(
  options: CostCommandOptions,
  command: Command,
  here: Session,
): Promise<ReturnType<typeof costInput>> {
  if (options.count !== true) {
    const useless = given(command, (name) => OF_AN_INDEX.includes(name));
    if (useless.length > 0) {
      throw new CommandFailure(`${useless.join(', ')} only with --count, which asks the index.`, EXIT.usage);
    }
    return costInput(options);
  }
  const target = await targetIn(here, options);
  const counted = await withStore(target, (store) => countIndex(store, here.terminal, here.signal));
  const region = target.region ?? here.env['AWS_REGION'];
  return costInput({ ...options, ...(region === undefined ? {} : { region }) }, counted);
}

function exampleEstimate(
  example: keyof typeof COST_EXAMPLES,
  command: Command,
  terminal: Terminal,
): CostEstimate {
  const useless = given(command, (name) => !['example', 'json', 'quiet'].includes(name));
  if (useless.length > 0) {
    throw new CommandFailure(`--example has its own numbers; leave ${useless.join(', ')} out.`, EXIT.usage);
  }
  const { title, says, input } = COST_EXAMPLES[example];
  terminal.note(wrappedText(`${title}. The guide says: ${says}.`, terminal.width));
  return costEstimate(input);
}

/** The options on the command line whose attribute is of a kind, as they are written. */
function given(command: Command, kind: (attribute: string) => boolean): string[] {
  return command.options
    .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
    .filter((option) => kind(option.attributeName()))
    .map(({ long, flags }) => long ?? flags);
}

function quantityText(quantity: number): string {
  if (quantity > 0 && quantity < 0.0001) return '<0.0001';
  return quantity.toLocaleString('en-US', { maximumSignificantDigits: 4, maximumFractionDigits: 4 });
}

/** Rows, totals and notes: the figures are worth nothing without what was assumed. */
export function costText(
  terminal: Pick<Terminal, 'width' | 'heading'>,
  { region, rows, monthlyUsd, onceUsd, notes }: CostEstimate,
): string {
  const table = tableOf(
    terminal,
    [
      { title: 'SERVICE' },
      { title: 'ITEM', fills: 'wrapped' },
      { title: 'QUANTITY', align: 'right' },
      { title: 'UNIT' },
      { title: 'PRICE', align: 'right' },
      { title: 'USD', align: 'right' },
      { title: 'PAID' },
    ],
    rows.map(({ service, item, quantity, unit, unitUsd, usd, period }) => [
      service,
      item,
      quantityText(quantity),
      unit,
      unitUsd.toLocaleString('en-US', { maximumSignificantDigits: 4 }),
      usdText(usd),
      period === 'month' ? 'monthly' : 'once',
    ]),
  );
  const totals = [
    `${region}: $${usdText(monthlyUsd)} a month`,
    ...(onceUsd > 0 ? [`$${usdText(onceUsd)} once`] : []),
  ];
  const remarks = notes.map((note) => wrappedText(`- ${note}`, terminal.width - 2).replaceAll('\n', '\n  '));
  return [table, '', `${totals.join(', ')}.`, '', ...remarks].join('\n');
}
