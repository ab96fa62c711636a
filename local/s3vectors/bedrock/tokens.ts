// Token counts. The models' tokenizers are not public; the estimate is near enough to test limits and prices with:
// a token for every four letters of a word, and one for each other visible character.

/** Estimated tokens of a text; at least one. */
export function countTokens(text: string): number {
  let tokens = 0;
  for (const [piece] of text.matchAll(/[\p{L}\p{N}\p{M}]+|[^\s\p{L}\p{N}\p{M}]/gu))
    tokens += Math.ceil(piece.length / 4);
  return Math.max(1, tokens);
}
