// Text for people in lines of a width.

/** Lines of words; a word that is longer than a line (an ARN) has one of its own, so that it can be copied whole. */
export function lines(text: string, width: number): string[] {
  const found: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      found.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...found, line];
}
