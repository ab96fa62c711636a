// An explanation as text for people, at 80 columns.
import type { Explanation } from './explain-command';
import { lines } from './lines';

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

/** Lines that fit 80 columns; a word that is longer is broken. */
export function wrapped(text: string, indent: string): string[] {
  const width = COLUMNS - indent.length;
  return lines(text, width)
    .flatMap((line) => line.match(new RegExp(`.{1,${width}}`, 'gs')) ?? [line])
    .map((line) => indent + line);
}
