// Where a command prints: results to standard output, everything else to standard error, so that a program that reads
// the results reads nothing but them. Colour only where a person looks, and not under NO_COLOR (no-color.org).
import { once } from 'node:events';
import { styleText } from 'node:util';
import Table from 'cli-table3';
import stringWidth from 'string-width';
import { wrappedText } from './wrapped-text';

export interface Terminal {
  readonly json: boolean;
  /** Columns of standard output; 80 where nobody knows. */
  readonly width: number;
  /** Results: one line, or several. */
  out(text: string): void;
  /**
   * As `out`, and waits while the reader of many lines is slower than we are, unless it is interrupted: they would pile
   * up in memory.
   */
  line(text: string): Promise<void>;
  /** Results for programs, as one document. */
  document(value: unknown): void;
  /** What is going on, for people. */
  note(text: string): void;
  /** Whether a bar that moves may be drawn on standard error. */
  readonly moving: boolean;
  heading(text: string): string;
}

export const PLAIN_WIDTH = 80;
/** Back to the beginning of the line, and all of it erased. */
export const ERASED_LINE = '\r\u001B[K';

export interface TerminalStreams {
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

export function terminalOf(
  options: { readonly json?: boolean | undefined; readonly quiet?: boolean | undefined },
  streams: TerminalStreams = process,
  env: NodeJS.ProcessEnv = process.env,
  signal?: AbortSignal,
): Terminal {
  const { stdout, stderr } = streams;
  const coloured =
    stdout.isTTY === true &&
    (env['NO_COLOR'] ?? '') === '' &&
    env['TERM'] !== 'dumb' &&
    options.json !== true;
  const moving =
    stderr.isTTY === true && options.quiet !== true && env['TERM'] !== 'dumb' && env['CI'] === undefined;
  return {
    json: options.json === true,
    width: widthOf(stdout, env),
    out: (text) => void stdout.write(`${text}\n`),
    async line(text) {
      if (!stdout.write(`${text}\n`)) await once(stdout, 'drain', { signal });
    },
    document: (value) => void stdout.write(`${JSON.stringify(value, undefined, 2)}\n`),
    note: (text) => {
      // A bar may stand in this line.
      if (options.quiet !== true) stderr.write(`${moving ? ERASED_LINE : ''}${text}\n`);
    },
    moving,
    heading: (text) => (coloured ? styleText('bold', text, { validateStream: false }) : text),
  };
}

/** COLUMNS is for those who read through a pipe (`| less`). */
function widthOf(stdout: TerminalStreams['stdout'], env: NodeJS.ProcessEnv): number {
  const set = Number(env['COLUMNS']);
  if (stdout.isTTY === true && stdout.columns !== undefined && stdout.columns > 0) return stdout.columns;
  return Number.isInteger(set) && set >= 20 ? set : PLAIN_WIDTH;
}

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Takes what the others leave, its text cut or wrapped; at most one. */
  readonly fills?: 'cut' | 'wrapped';
}

/** Spaces between columns. */
const GAP = 2;
/** The narrowest column that fills. */
const LEAST_WIDTH = 16;
const NO_LINES = Object.fromEntries(
  ['top', 'bottom', 'left', 'mid', 'right'].flatMap((side) =>
    [side, `${side}-mid`, `${side}-left`, `${side}-right`].map((part) => [part, '']),
  ),
);

/**
 * A table without lines. The column that fills makes it no wider than the terminal; the others, keys among them, are
 * shown whole, because a key that is cut cannot be copied.
 */
export function tableOf(
  terminal: Pick<Terminal, 'width' | 'heading'>,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string {
  const texts = rows.map((row) =>
    columns.map(({ fills }, at) => (fills === 'wrapped' ? wrappable : printable)(row[at] ?? '')),
  );
  const natural = columns.map(({ title }, at) =>
    Math.max(title.length, ...texts.map((row) => lineWidth(row[at] ?? ''))),
  );
  const gaps = GAP * (columns.length - 1);
  const filling = columns.findIndex(({ fills }) => fills !== undefined);
  const others = natural.reduce((sum, width, at) => sum + (at === filling ? 0 : width), 0);
  const widths = natural.map((width, at) =>
    at === filling ? Math.min(width, Math.max(LEAST_WIDTH, terminal.width - gaps - others)) : width,
  );
  const table = new Table({
    head: columns.map(({ title }) => terminal.heading(title)),
    colWidths: widths,
    colAligns: columns.map(({ align }) => align ?? 'left'),
    chars: { ...NO_LINES, middle: ' '.repeat(GAP) },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const row of texts) {
    table.push(
      row.map((text, at) => (columns[at]?.fills === 'wrapped' ? wrappedText(text, widths[at] ?? 1) : text)),
    );
  }
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/**
 * A text from elsewhere as one line that cannot act on the terminal: breaks and control characters, bidirectional ones
 * too, are shown as JSON escapes.
 */
export function printable(text: string): string {
  return text.replaceAll(/[\u0000-\u001F\u007F-\u009F\u2028-\u202E\u2066-\u2069]/g, escaped);
}

/** As `printable`, with its line breaks. */
function wrappable(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function lineWidth(text: string): number {
  return Math.max(...text.split('\n').map((line) => stringWidth(line)));
}
