// Completion in shells: `complete <shell>` prints a script, which asks `complete -- <words>` for what may come next.
import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';
import { EMBEDDING_PRICES } from '../cost/price-list';

/** The answer that leaves it to the shell to offer files (cobra's protocol, `ShellCompDirectiveDefault`). */
const FILES = ':0';
const NAMES_A_FILE = /<(file|folder|directory|path)>/;

/** Call it when every other command is declared. */
export function declareCompletion(program: Command): void {
  const answers = tab(program);
  for (const command of answers.commands.values()) {
    const model = command.options.get('model');
    // Those of known price; what else is accepted says the command itself.
    if (model !== undefined)
      model.handler = (offer) => Object.keys(EMBEDDING_PRICES).forEach((id) => offer(id, ''));
  }
  const parse = answers.parse.bind(answers);
  answers.parse = (words) => {
    if (wantsFile(program, words)) process.stdout.write(`${FILES}\n`);
    else parse(words);
  };
}

/** @param words what is typed after `s3-vectors`; the last is what is to be completed */
export function wantsFile(program: Command, words: readonly string[]): boolean {
  const command = program.commands.find((one) => one.name() === words[0]);
  if (command === undefined || words.length < 2) return false;
  const [before = '', last = ''] = words.slice(-2);
  const option = command.options.find(({ short, long }) => before === short || before === long);
  if (option?.required === true || option?.optional === true) return NAMES_A_FILE.test(option.flags);
  return !last.startsWith('-') && command.registeredArguments[0]?.name() === 'file';
}
