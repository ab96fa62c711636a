// Stack outputs as JSON text, wherever it came from: what `pulumi stack output --json` prints.
import { InvalidInputError } from '../../contract/invalid-input';
import { messageOf } from '../runtime-error';

/** How Pulumi prints an output that is a secret, unless it is asked with --show-secrets. */
const HIDDEN = '[secret]';

/** A parser of contract/outputs: `parseStorageOutputs`, `parseServiceOutputs`, `parseBootstrapOutputs`. */
export type OutputsParser<Outputs> = (record: unknown, subject?: string) => Outputs;

/**
 * @param source where the text came from, for messages: a path, a command
 * @throws InvalidInputError for text that is no JSON object, hidden secrets, and every missing or malformed field
 */
export function outputsFromText<Outputs>(
  text: string,
  parse: OutputsParser<Outputs>,
  source: string,
): Outputs {
  const subject = `stack outputs from ${source}`;
  if (text.trim() === '') {
    throw new InvalidInputError(subject, [
      'it is empty; `pulumi stack output --json` of a stack that has been deployed prints a JSON object.',
    ]);
  }
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch (error) {
    throw new InvalidInputError(subject, [
      `it is no JSON (${messageOf(error)}); print it with \`pulumi stack output --json\`.`,
    ]);
  }
  return outputsFrom(record, parse, subject);
}

/**
 * Outputs that are already an object.
 * @throws InvalidInputError naming every missing or malformed field
 */
export function outputsFrom<Outputs>(
  record: unknown,
  parse: OutputsParser<Outputs>,
  subject?: string,
): Outputs {
  const hidden = Object.entries(typeof record === 'object' && record !== null ? record : {})
    .filter(([, value]) => value === HIDDEN)
    .map(([name]) => `field "${name}" is a hidden secret; print the outputs with --show-secrets.`);
  if (hidden.length > 0) throw new InvalidInputError(subject ?? 'stack outputs', hidden);
  return subject === undefined ? parse(record) : parse(record, subject);
}
