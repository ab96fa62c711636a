// `why` for people: one decision as a few lines, none longer than the terminal.
import type { Decision } from './decisions';

const WIDTH = 80;
const MARGIN = '    ';

/** Oldest first, as they were decided. */
export function decisionLines(decisions: readonly Decision[], width = WIDTH): string {
  return decisions.map((decision) => `${linesOf(decision, width).join('\n')}\n`).join('\n');
}

function linesOf(decision: Decision, width: number): string[] {
  const { time, requestId, operation, principal, action, resource, outcome, decidedBy, why } = decision;
  const statement =
    decidedBy === undefined
      ? []
      : [`decided by ${decidedBy.sid ?? `statement ${decidedBy.statement + 1}`} of ${decidedBy.policy}`];
  return [
    `${OUTCOMES[outcome]}  ${operation}  ${time.slice(11, 19)} UTC`,
    ...[
      `request ${requestId}`,
      `who     ${principal ?? 'nobody that is known'}`,
      `action  ${action}`,
      `on      ${resource}`,
      ...statement,
      why,
    ].flatMap((text) => wrapped(text, width - MARGIN.length).map((line) => `${MARGIN}${line}`)),
  ];
}

const OUTCOMES: Readonly<Record<Decision['outcome'], string>> = {
  allowed: 'allowed',
  explicitlyDenied: 'DENIED (explicitly)',
  implicitlyDenied: 'DENIED (nothing allows it)',
  refused: 'REFUSED',
};

/** Broken at spaces; inside a word, such as an ARN, only where it alone is too long. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width && word.length <= width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
    while (line.length > width) {
      lines.push(line.slice(0, width));
      line = line.slice(width);
    }
  }
  return line === '' ? lines : [...lines, line];
}
