// The stand-in for an embedding model: features of the words of a text, hashed with a sign into the dimensions and
// normalised. Texts that share words, or parts of words, are near one another; meaning beyond words is not there.
// The same text gives the same vector for ever, a different model a different one.
import { wordsOf } from './words';

/** What each of a word's features counts, relative to the word itself. */
const TRIGRAM_SHARE = 0.35;
/** Places in the vector that each feature is added to; more of them make collisions matter less. */
const PLACES = 3;

/**
 * The unit vector of a text.
 * @param seed tells models apart: vectors of different seeds have nothing to do with one another
 */
export function lexicalEmbedding(text: string, dimension: number, seed: string): number[] {
  const vector = new Float64Array(dimension);
  for (const [feature, weight] of featuresOf(text)) add(vector, `${seed}\u0001${feature}`, weight);
  const norm = Math.sqrt(vector.reduce((sum, component) => sum + component * component, 0));
  if (norm === 0) {
    // Two features can cancel each other, in theory; a vector without direction would be refused everywhere.
    vector[0] = 1;
    return Array.from(vector);
  }
  return Array.from(vector, (component) => Math.fround(component / norm));
}

/** Features of a text and their weights. Repetition counts, less and less. */
function featuresOf(text: string): Map<string, number> {
  const occurrences = new Map<string, { weight: number; count: number }>();
  for (const { stem, weight } of wordsOf(text)) {
    const seen = occurrences.get(stem);
    if (seen === undefined) occurrences.set(stem, { weight, count: 1 });
    else seen.count += 1;
  }
  const features = new Map<string, number>();
  for (const [stem, { weight, count }] of occurrences) {
    const strength = weight * (1 + Math.log(count)) * rarity(stem);
    increase(features, `w:${stem}`, strength);
    const trigrams = trigramsOf(stem);
    for (const trigram of trigrams) {
      increase(features, `t:${trigram}`, (TRIGRAM_SHARE * strength) / Math.sqrt(trigrams.length));
    }
  }
  // A text without a single letter or digit: its characters are all there is.
  if (features.size === 0) features.set(`c:${text.trim()}`, 1);
  return features;
}

/** Long words are rarer and say more; a stand-in has no corpus to count them in. */
function rarity(stem: string): number {
  return Math.min(1.3, 0.8 + stem.length / 20);
}

/** Three letters at a time, the word's ends marked, so that related forms share most of theirs. */
function trigramsOf(stem: string): string[] {
  const letters = Array.from(`^${stem}$`);
  return letters.slice(2).map((_, at) => letters.slice(at, at + 3).join(''));
}

function increase(features: Map<string, number>, feature: string, weight: number): void {
  features.set(feature, (features.get(feature) ?? 0) + weight);
}

function add(vector: Float64Array, feature: string, weight: number): void {
  const share = weight / Math.sqrt(PLACES);
  for (let place = 0; place < PLACES; place += 1) {
    const hashed = hash(feature, place);
    const at = (hashed >>> 1) % vector.length;
    vector[at] = (vector[at] ?? 0) + (hashed & 1 ? share : -share);
  }
}

/** FNV-1a over UTF-16 units, with a final mix that makes all bits usable. */
function hash(text: string, salt: number): number {
  let state = Math.imul(0x811c9dc5 ^ salt, 0x01000193);
  for (let at = 0; at < text.length; at += 1) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193);
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}
