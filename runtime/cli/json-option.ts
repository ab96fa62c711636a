// Options that are JSON, such as a filter: as text, or in a file that is named with an @ before it.
import { readFileSync } from 'node:fs';
import { messageOf } from '../runtime-error';
import { CommandFailure, EXIT } from './exit-codes';

const OBJECT = '{"genre":"drama"}';

/** @throws CommandFailure naming the option, and what is wrong with its text or its file */
export function jsonOption(option: string, text: string, example = OBJECT): unknown {
  const source = text.startsWith('@') ? fileText(option, text.slice(1)) : text;
  try {
    return JSON.parse(source);
  } catch (error) {
    throw new CommandFailure(
      `${option} is no JSON (${messageOf(error)}). In a shell, put it in single quotes: ${option} '${example}'`,
      EXIT.usage,
    );
  }
}

/** @throws CommandFailure unless it is a JSON object */
export function objectOption(option: string, text: string): Readonly<Record<string, unknown>> {
  const value = jsonOption(option, text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw new CommandFailure(`${option} must be a JSON object, such as '${OBJECT}'.`, EXIT.usage);
}

/** @throws CommandFailure unless it is a JSON list of numbers, or an object with one under "vector" or "embedding" */
export function vectorOption(option: string, text: string): readonly number[] {
  const value = jsonOption(option, text, '[0.1, 0.2]');
  const fields = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const numbers = Array.isArray(value) ? (value as unknown[]) : (fields['vector'] ?? fields['embedding']);
  if (Array.isArray(numbers) && numbers.every((one) => typeof one === 'number')) return numbers;
  throw new CommandFailure(
    `${option} must be a JSON list of numbers, or @file with one: ${option} @vector.json`,
    EXIT.usage,
  );
}

function fileText(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandFailure(`${option} @${file} cannot be read (${messageOf(error)}).`, EXIT.usage);
  }
}
