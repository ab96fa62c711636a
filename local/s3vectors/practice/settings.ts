// The settings of a switch: `name=value` pairs on the command line, an object in a program. One schema reads both, and
// everything that is wrong is said at once.
import type { ZodType } from 'zod';
import { OptionError } from '../option-error';

/**
 * Reads the settings of a switch from its text or its object.
 * @param option name of the switch, for the message
 * @param bare what a text that holds a single value without a name is the value of, such as `constant`
 * @throws OptionError naming every problem
 */
export function readSettings<T>(
  option: string,
  settings: string | object,
  schema: ZodType<T>,
  bare?: string,
): T {
  const problems: string[] = [];
  const value = typeof settings === 'string' ? pairs(settings, problems, bare) : settings;
  const result = schema.safeParse(value);
  if (!result.success) {
    for (const { path, message } of result.error.issues) {
      problems.push(path.length === 0 ? message : `${path.join('.')}: ${message}`);
    }
  }
  if (problems.length === 0 && result.success) return result.data;
  const given = JSON.stringify(settings);
  throw new OptionError(
    `${option} ${given} cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
  );
}

function pairs(text: string, problems: string[], bare: string | undefined): Readonly<Record<string, string>> {
  const read = new Map<string, string>();
  for (const part of text.split(',').map((piece) => piece.trim())) {
    if (part === '') continue;
    const at = part.indexOf('=');
    const name = at < 0 ? bare : part.slice(0, at).trim();
    if (name === undefined || name === '') problems.push(`"${part}" is no name=value`);
    else if (read.has(name)) problems.push(`${name}: given twice`);
    else read.set(name, part.slice(at + 1).trim());
  }
  return Object.fromEntries(read);
}
