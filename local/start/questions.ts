// What is asked when nobody asks anything: about the project's own documents in words of their own, about somebody
// else's folder the headings that it has.
import type { Section } from './corpus/sections';

export const OWN_QUESTIONS = [
  'How do I stop the local cloud and delete its data?',
  'Which policy refuses a role that can both administer buckets and read vectors?',
  'How are failed requests retried, and with which backoff?',
] as const;

/** Three headings from beginning, middle and end of a corpus; fewer where it has fewer different ones. */
export function questionsFromHeadings(sections: readonly Section[]): string[] {
  const headings = [...new Set(sections.map(({ heading }) => heading.split(' › ').at(-1) ?? heading))];
  const at = [0, Math.floor(headings.length / 2), headings.length - 1];
  return [...new Set(at)].flatMap((position) => headings[position] ?? []);
}
