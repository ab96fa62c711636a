// Cuts a document into sections that are worth finding by themselves: by headings first, then by paragraphs.
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { TextFile } from './text-files';

export interface Section {
  /** Stable across runs: corpus, the document's path and the section's number. At most 1,024 bytes. */
  readonly id: string;
  /** Which folder it came from: one index holds the sections of several. */
  readonly corpus: string;
  readonly document: string;
  /** The headings above the text, outermost first, joined with ` › `; the document's name where it has none. */
  readonly heading: string;
  readonly text: string;
  /** SHA-256 of heading and text, by which a second run sees that nothing has changed. */
  readonly sha256: string;
}

/** Longest section in characters: short enough to be one thought, and its metadata to stay small. */
export const MAX_SECTION_LENGTH = 1200;
/** Shorter leftovers (a badge, a lone link) are joined to what follows. */
const MIN_SECTION_LENGTH = 40;
const MAX_KEY_BYTES = 1024;

/** The corpus of the project's own documents. */
export const OWN_CORPUS = 'own';

/** A short name of a folder that no other folder has. */
export function corpusOf(folder: string): string {
  return `${path.basename(folder)}-${createHash('sha256').update(folder).digest('hex').slice(0, 8)}`;
}

/** The sections of a document, in order. Fenced code stays whole where it fits; its `#` lines are no headings. */
export function sectionsOf({ document, text }: TextFile, corpus = OWN_CORPUS): Section[] {
  const sections: Section[] = [];
  for (const { heading, body } of underHeadings(document, text)) {
    for (const part of parts(body)) {
      const id = `${corpus}:${document}#${sections.length + 1}`;
      sections.push({
        id: Buffer.byteLength(id) <= MAX_KEY_BYTES ? id : createHash('sha256').update(id).digest('hex'),
        corpus,
        document,
        heading,
        text: part,
        sha256: createHash('sha256').update(`${heading}\n${part}`).digest('hex'),
      });
    }
  }
  return sections;
}

function underHeadings(document: string, text: string): { heading: string; body: string }[] {
  const found: { heading: string; body: string }[] = [];
  const above: string[] = [];
  let lines: string[] = [];
  let fence: string | undefined;
  const close = () => {
    const body = lines.join('\n').trim();
    const heading = above.filter((title) => title !== '').join(' › ');
    if (body !== '') found.push({ heading: heading === '' ? document : heading, body });
    lines = [];
  };
  for (const line of text.split(/\r?\n/)) {
    const mark = /^\s{0,3}(```+|~~~+)/.exec(line)?.[1];
    if (mark !== undefined && (fence === undefined || mark.startsWith(fence)))
      fence = fence === undefined ? mark : undefined;
    const title = fence === undefined ? /^(#{1,6})\s+(.+?)\s*#*\s*$/.exec(line) : null;
    if (title === null) {
      lines.push(line);
      continue;
    }
    close();
    const level = title[1]?.length ?? 1;
    above.length = Math.min(above.length, level - 1);
    while (above.length < level - 1) above.push('');
    above.push(plain(title[2] ?? ''));
  }
  close();
  return found;
}

/** Parts of a body, cut between paragraphs, or within one where it is longer than a section may be. */
function parts(body: string): string[] {
  const made: string[] = [];
  let part = '';
  const add = (piece: string, glue: string) => {
    if (
      part !== '' &&
      part.length + glue.length + piece.length > MAX_SECTION_LENGTH &&
      part.length >= MIN_SECTION_LENGTH
    ) {
      made.push(part);
      part = '';
    }
    part = part === '' ? piece : part + glue + piece;
  };
  for (const paragraph of body.split(/\n\s*\n/).map((text) => text.trim())) {
    if (paragraph === '') continue;
    if (paragraph.length <= MAX_SECTION_LENGTH) add(paragraph, '\n\n');
    else for (const piece of pieces(paragraph)) add(piece, ' ');
  }
  if (part !== '') made.push(part);
  return made;
}

/** A long paragraph in pieces that end at white space, or at any character where a word is longer than a section. */
function pieces(paragraph: string): string[] {
  const made: string[] = [];
  let rest = paragraph;
  while (rest.length > MAX_SECTION_LENGTH) {
    const space = rest.slice(0, MAX_SECTION_LENGTH + 1).search(/\s\S*$/);
    let end = space > MAX_SECTION_LENGTH / 2 ? space : MAX_SECTION_LENGTH;
    // Never between the two halves of a character outside the basic plane: half of one is no valid text.
    if (/[\uD800-\uDBFF]/.test(rest[end - 1] ?? '')) end -= 1;
    made.push(rest.slice(0, end).trim());
    rest = rest.slice(end).trimStart();
  }
  return rest === '' ? made : [...made, rest];
}

/** A heading without Markdown's links, images and emphasis. */
function plain(title: string): string {
  return title
    .replace(/!\[[^\]]*\]\([^)]*\)/g, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/<[^>]+>/g, '')
    .replace(/[*_`]/g, '')
    .trim();
}
