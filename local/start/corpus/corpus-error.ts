/** A folder or file of texts that cannot be used; the message names the path and what to do. */
export class CorpusError extends Error {
  override readonly name = 'CorpusError';
}
