// When a group of texts that got no vectors says that no further text would get one.
import { GIVEN_UP } from '../retry/service-failure';
import type { EmbeddingOutcome } from './embedder';
import { EVERY_TEXT_FAILS } from './embedding-error';

/** @throws EmbeddingError where the model refuses every text, or has answered none of these until attempts were used up */
export function endWhereHopeless(outcomes: readonly EmbeddingOutcome[]): void {
  const errors = outcomes.flatMap(({ error }) => error ?? []);
  const hopeless = errors.find(({ code }) => EVERY_TEXT_FAILS.has(code));
  if (hopeless !== undefined) throw hopeless;
  const [first] = errors;
  const allGivenUp = errors.length === outcomes.length && errors.every(({ code }) => GIVEN_UP.has(code));
  if (first !== undefined && allGivenUp) throw first;
}
