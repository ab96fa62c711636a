// Stack outputs from a file, or from a pipe: `pulumi stack output --json | my-tool`.
import { readFile } from 'node:fs/promises';
import { InvalidInputError } from '../../contract/invalid-input';
import { messageOf } from '../runtime-error';
import { outputsFromText } from './outputs-json';
import type { OutputsParser } from './outputs-json';

/** @throws InvalidInputError naming the path, and what is wrong with it or with its fields */
export async function outputsFromFile<Outputs>(
  path: string,
  parse: OutputsParser<Outputs>,
): Promise<Outputs> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new InvalidInputError(`stack outputs from ${path}`, [
      `it cannot be read (${messageOf(error)}); write it with \`pulumi stack output --json > ${path}\`.`,
    ]);
  }
  return outputsFromText(text, parse, path);
}

/**
 * @param stream default standard input
 * @throws InvalidInputError
 */
export async function outputsFromPipe<Outputs>(
  parse: OutputsParser<Outputs>,
  stream: AsyncIterable<Buffer | string> = process.stdin,
): Promise<Outputs> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(Buffer.from(part));
  return outputsFromText(Buffer.concat(parts).toString('utf8'), parse, 'standard input');
}
