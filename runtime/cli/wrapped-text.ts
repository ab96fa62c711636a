// A text in lines of a width, broken between words; within one only where it is longer than a line, as ARNs are.
import stringWidth from 'string-width';

/** Breaks that the text has stay. @param width columns of a line, 1 or more */
export function wrappedText(text: string, width: number): string {
  return text
    .split('\n')
    .flatMap((line) => wrappedLine(line, width))
    .join('\n');
}

function wrappedLine(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (stringWidth(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = '';
    // By code point: a character of two columns is never cut in half.
    for (const character of word) {
      if (line !== '' && stringWidth(line + character) > width) {
        lines.push(line);
        line = '';
      }
      line += character;
    }
  }
  lines.push(line);
  return lines;
}
