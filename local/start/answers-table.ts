// Shows the answers to one question: rank, similarity, document, snippet, within the width of the terminal.
import Table from 'cli-table3';

export interface Answer {
  /** 1 − cosine distance, in [-1, 1]; 1 is the same direction. */
  readonly similarity: number;
  readonly document: string;
  readonly text: string;
}

/** Columns of a plain terminal, which everything here fits into. */
export const PLAIN_WIDTH = 80;
const SNIPPET_LINES = 3;

/** The table as text without a trailing line break. `width` is in columns, at least 60. */
export function answersTable(answers: readonly Answer[], width = PLAIN_WIDTH): string {
  const numbers = 3 + 7;
  const frame = 5 + 8;
  const rest = Math.max(60, width) - numbers - frame;
  const documentWidth = Math.round(rest * 0.38);
  const snippetWidth = rest - documentWidth;
  const table = new Table({
    head: ['#', 'similar', 'document', 'snippet'],
    colWidths: [5, 9, documentWidth + 2, snippetWidth + 2],
    colAligns: ['right', 'right', 'left', 'left'],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  answers.forEach((answer, at) => {
    table.push([
      String(at + 1),
      answer.similarity.toFixed(3),
      inLines(shortPath(answer.document, documentWidth * 2), documentWidth),
      shorten(answer.text, (snippetWidth - 1) * SNIPPET_LINES),
    ]);
  });
  return table.toString();
}

/** One line of text without Markdown's fences and rules, cut at the end with an ellipsis. */
function shorten(text: string, length: number): string {
  const line = text
    .replace(/^\s*(?:```|~~~).*$/gm, ' ')
    .replace(/[-=|]{3,}/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return line.length <= length ? line : `${line.slice(0, length - 1).trimEnd()}…`;
}

/** A path cut at its beginning: its end says more. */
function shortPath(document: string, length: number): string {
  const path = document.replace(/^node_modules\//, '');
  return path.length <= length ? path : `…${path.slice(path.length - length + 1)}`;
}

/** A text without spaces, broken so that no line is longer than `length`. */
function inLines(text: string, length: number): string {
  return (text.match(new RegExp(`.{1,${length}}`, 'gu')) ?? []).join('\n');
}
