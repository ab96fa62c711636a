// Text as the stand-in models see it: words, their stems, and how much a word says. English in its stop words and
// suffixes; other languages go through unchanged and still match themselves.

/** A word of a text, reduced to its stem. */
export interface Word {
  readonly stem: string;
  /** How much it says about what the text is about, 0–1. */
  readonly weight: number;
}

/** Weight of words that every text has: enough that a text of nothing else still has a direction. */
const STOP_WORD_WEIGHT = 0.03;

const STOP_WORDS = new Set(
  (
    'a about after again all also am an and any are as at be because been before being between both but by can ' +
    'cannot could did do does doing done down each every few for from further get gets give given go goes had has ' +
    'have having he her here hers him his how i if in into is it its itself just let like make makes may me more ' +
    'most much must my need no nor not now of off on once one only or other our out over own per please same shall ' +
    'she should so some such tell than that the their them then there these they this those through to too under ' +
    'until up us use used uses using very via was we were what when where whether which while who whom whose why ' +
    'will with within without would yes you your'
  ).split(' '),
);

/** The words of a text in their order. Identifiers give themselves and their parts: `VectorBucket`, `vector`, `bucket`. */
export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  for (const [match] of text.normalize('NFKC').matchAll(/[\p{L}\p{N}\p{M}]+/gu)) {
    const parts = match.replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2').split(' ');
    words.push(wordOf(match));
    if (parts.length > 1) words.push(...parts.map(wordOf));
  }
  return words;
}

function wordOf(text: string): Word {
  const lower = text.toLowerCase();
  return { stem: stemOf(lower), weight: STOP_WORDS.has(lower) ? STOP_WORD_WEIGHT : 1 };
}

/** Cuts the endings of plurals, participles and the commonest derived nouns. */
export function stemOf(word: string): string {
  if (word.length <= 3 || !/^[a-z]+$/.test(word)) return word;
  for (const [ending, replacement] of ENDINGS) {
    const stem = word.slice(0, -ending.length);
    if (word.endsWith(ending) && stem.length >= 3 && /[aeiouy]/.test(stem)) {
      return withoutDoubledEnd(stem + replacement).replace(/e$/, '');
    }
  }
  return word.length > 4 ? word.replace(/e$/, '') : word;
}

/** Longest first; the first that fits and leaves a stem of three letters or more is cut. */
const ENDINGS: readonly (readonly [string, string])[] = [
  ['izations', 'iz'],
  ['ization', 'iz'],
  ['ations', ''],
  ['ation', ''],
  ['ating', ''],
  ['ates', ''],
  ['ated', ''],
  ['ate', ''],
  ['ments', ''],
  ['ment', ''],
  ['ings', ''],
  ['ing', ''],
  ['tions', 't'],
  ['tion', 't'],
  ['ies', 'y'],
  ['ied', 'y'],
  ['ers', ''],
  ['er', ''],
  ['xes', 'x'],
  ['ches', 'ch'],
  ['shes', 'sh'],
  ['sses', 'ss'],
  ['ed', ''],
  ['ly', ''],
  ['ss', 'ss'],
  ['us', 'us'],
  ['is', 'is'],
  ['s', ''],
];

function withoutDoubledEnd(stem: string): string {
  return /([bdfgmnprt])\1$/.test(stem) ? stem.slice(0, -1) : stem;
}
