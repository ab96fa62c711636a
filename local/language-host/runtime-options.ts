// `runtime: { name: nodejs, options: … }` of Pulumi.yaml, PulumiPlugin.yaml and PulumiPolicy.yaml.

export interface RuntimeOptions {
  /** Whether the SDK's own run script compiles TypeScript (through ts-node); default true, as in Pulumi's own host. */
  readonly typescript: boolean;
  /** Arguments of `node` before the run script. */
  readonly nodeArguments: readonly string[];
  /** Path of the tsconfig for `typescript: true`; empty for the default. */
  readonly tsconfig: string;
  readonly packageManager: 'npm' | 'pnpm' | 'yarn' | 'bun';
}

const PACKAGE_MANAGERS: readonly RuntimeOptions['packageManager'][] = ['npm', 'pnpm', 'yarn', 'bun'];

/** @throws Error listing every option that has a wrong type or value; unknown options are ignored, as Pulumi's host does */
export function parseRuntimeOptions(options: Readonly<Record<string, unknown>>): RuntimeOptions {
  const problems: string[] = [];
  const { typescript = true, nodeargs = '', tsconfig = '', packagemanager = 'npm' } = options;
  if (typeof typescript !== 'boolean')
    problems.push(`typescript must be true or false, not ${show(typescript)}`);
  if (typeof nodeargs !== 'string') problems.push(`nodeargs must be a string, not ${show(nodeargs)}`);
  if (typeof tsconfig !== 'string') problems.push(`tsconfig must be a string, not ${show(tsconfig)}`);
  const packageManager = PACKAGE_MANAGERS.find(
    (known) => known === packagemanager || packagemanager === 'auto',
  );
  if (packageManager === undefined) {
    problems.push(
      `packagemanager must be one of ${PACKAGE_MANAGERS.join(', ')}, not ${show(packagemanager)}`,
    );
  }
  let nodeArguments: readonly string[] = [];
  if (typeof nodeargs === 'string') {
    const split = splitWords(nodeargs);
    if (split === undefined) problems.push(`nodeargs has a quote without its end: ${show(nodeargs)}`);
    nodeArguments = split ?? [];
  }
  if (problems.length > 0) throw new Error(`runtime options: ${problems.join('; ')}`);
  return {
    typescript: typescript === true,
    nodeArguments,
    tsconfig: String(tsconfig),
    packageManager: packageManager ?? 'npm',
  };
}

/** Splits as a shell does, with quotes and backslashes but without any expansion; undefined when a quote is not closed. */
export function splitWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote: '"' | "'" | undefined;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === '\\' && quote !== "'") {
      word = (word ?? '') + text.charAt((index += 1));
    } else if (quote !== undefined) {
      if (character === quote) quote = undefined;
      else word = (word ?? '') + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== undefined) return undefined;
  if (word !== undefined) words.push(word);
  return words;
}

function show(value: unknown): string {
  return JSON.stringify(value);
}
