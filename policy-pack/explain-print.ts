// An explanation as text for people, at 80 columns.
import type { Explanation } from './explain-command';

const COLUMNS = 80;

export function printed({ source, judged, policies, findings }: Explanation): string {
  const stops = findings.filter(({ level }) => level === 'mandatory').length;
  const notes = findings.length - stops;
  const count = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`;
  const blocks = findings.map(({ policy, level, urn, message }) =>
    [
      `${level === 'mandatory' ? 'violation' : 'note'}  ${policy}`,
      ...(urn === undefined ? [] : wrapped(urn, '  ')),
      ...wrapped(message, '  '),
    ].join('\n'),
  );
  const verdict =
    `${count(stops, 'violation')}, ${count(notes, 'note')} from ` +
    `${policies.length === 1 ? '1 policy' : `${policies.length} policies`}.`;
  return [wrapped(`${source}: ${judged}`, '').join('\n'), ...blocks, verdict].join('\n\n') + '\n';
}

/** Lines of words; a word that is longer than a line is broken. */
export function wrapped(text: string, indent: string): string[] {
  const width = COLUMNS - indent.length;
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
    while (line.length > width) {
      lines.push(line.slice(0, width));
      line = line.slice(width);
    }
  }
  return [...lines, line].map((one) => indent + one);
}
