// Is there a text that matches these patterns and not those? Two wildcard patterns can meet without either
// matching the other, and a Deny can cover all of the meeting or leave a gap; both are questions about sets of
// texts, so they are answered by walking the patterns' automata together and not by comparing their spelling.
import { closure, matches, type Pattern, type Piece, step } from './pattern';

export interface Search {
  /** The text must match every one of these. */
  readonly all: readonly Pattern[];
  /** … at least one pattern of every group … */
  readonly anyOf?: readonly (readonly Pattern[])[];
  /** … and none of these. */
  readonly none?: readonly Pattern[];
}

export type SearchAnswer =
  /** The shortest such text. */
  | { readonly kind: 'found'; readonly text: string }
  | { readonly kind: 'impossible' }
  /** The patterns are too entangled to decide within the budget: take it as "there may be one". */
  | { readonly kind: 'undecided' };

/** Joint states visited before a search gives up: far above what real ARNs need (hundreds), and a bound on time. */
const DEFAULT_BUDGET = 20_000;

/**
 * Effort that several searches share, so that a document of many entangled entries costs no more than one: a step is
 * one pattern moved on by one character. Usual documents take some ten thousand; the largest that IAM takes, with a
 * hundred patterns each allowed and denied, fewer than four million; all of it is some seconds of work.
 */
export class SearchEffort {
  constructor(private steps = 6_000_000) {}

  /** Takes the steps; false when there are not as many left, now and ever after. */
  spend(steps: number): boolean {
    this.steps -= steps;
    return this.steps >= 0;
  }
}

/**
 * Patterns that the text found so far does not respect are brought in one at a time: each multiplies the states, and
 * of the many Deny entries of a document few stand in the way of one Allow entry.
 */
export function findText(
  search: Search,
  budget = DEFAULT_BUDGET,
  effort = new SearchEffort(Infinity),
): SearchAnswer {
  const everything = {
    all: [...new Set(search.all)],
    anyOf: (search.anyOf ?? []).map((group) => [...new Set(group)]),
    none: [...new Set(search.none ?? [])],
  };
  const active = { all: everything.all, anyOf: [] as Pattern[][], none: [] as Pattern[] };
  for (;;) {
    const answer = findTextOf(active, budget, effort);
    if (answer.kind === 'impossible') return answer;
    // A Deny of everything ends at once what is entangled without it.
    if (answer.kind === 'undecided') return findTextOf(everything, budget, effort);
    const { text } = answer;
    const group = everything.anyOf.find((one) => !active.anyOf.includes(one) && !one.some(matching(text)));
    if (group !== undefined) active.anyOf.push(group);
    const unwanted = everything.none.find(matching(text));
    if (unwanted !== undefined) active.none.push(unwanted);
    if (group === undefined && unwanted === undefined) return answer;
  }
}

const matching = (text: string) => (pattern: Pattern) => matches(pattern, text);

function findTextOf(search: Required<Search>, budget: number, effort: SearchEffort): SearchAnswer {
  const wanted = search.all.map(automatonOf);
  const choices = search.anyOf.map((group) => group.map(automatonOf));
  const unwanted = search.none.map(automatonOf);
  const automata = [...wanted, ...choices.flat(), ...unwanted];
  const alphabet = alphabetOf(automata);

  const firstChoice = wanted.length;
  const firstUnwanted = firstChoice + choices.flat().length;
  const groupRanges: [number, number][] = [];
  for (let from = firstChoice, group = 0; group < choices.length; group++) {
    const size = choices[group]?.length ?? 0;
    groupRanges.push([from, from + size]);
    from += size;
  }

  const inState = (
    states: readonly number[],
    at: number,
    test: (automaton: Automaton, id: number) => boolean,
  ) => {
    const automaton = automata[at];
    const id = states[at];
    return automaton !== undefined && id !== undefined && test(automaton, id);
  };
  const every = (from: number, to: number, test: (at: number) => boolean) => {
    for (let at = from; at < to; at++) if (!test(at)) return false;
    return true;
  };
  const some = (from: number, to: number, test: (at: number) => boolean) =>
    !every(from, to, (at) => !test(at));

  const accepted = (states: readonly number[]) => {
    const accepts = (at: number) => inState(states, at, (automaton, id) => automaton.accepts(id));
    return (
      every(0, firstChoice, accepts) &&
      groupRanges.every(([from, to]) => some(from, to, accepts)) &&
      !some(firstUnwanted, automata.length, accepts)
    );
  };
  const hopeless = (states: readonly number[]) => {
    const dead = (at: number) => inState(states, at, (automaton, id) => automaton.isDead(id));
    return (
      some(0, firstChoice, dead) ||
      groupRanges.some(([from, to]) => every(from, to, dead)) ||
      some(firstUnwanted, automata.length, (at) =>
        inState(states, at, (automaton, id) => automaton.acceptsAllFromHere(id)),
      )
    );
  };

  const start = automata.map((automaton) => automaton.start);
  const visited = new Set([start.join()]);
  let frontier: { states: readonly number[]; text: string }[] = [{ states: start, text: '' }];
  while (frontier.length > 0) {
    const next: typeof frontier = [];
    for (const { states, text } of frontier) {
      if (hopeless(states)) continue;
      if (accepted(states)) return { kind: 'found', text };
      const chars = liveChars(wanted, states, alphabet);
      if (!effort.spend(chars.length * automata.length)) return { kind: 'undecided' };
      for (const char of chars) {
        const after = automata.map((automaton, at) => automaton.after(states[at] ?? 0, char));
        const key = after.join();
        if (visited.has(key)) continue;
        if (visited.size >= budget) return { kind: 'undecided' };
        visited.add(key);
        next.push({ states: after, text: text + char });
      }
    }
    frontier = next;
  }
  return { kind: 'impossible' };
}

/** Can some text match both patterns? */
export function intersects(one: Pattern, other: Pattern): boolean {
  return findText({ all: [one, other] }).kind !== 'impossible';
}

/** Does `wide` match every text that `narrow` matches? An undecided search counts as no. */
export function covers(wide: Pattern, narrow: Pattern): boolean {
  return findText({ all: [narrow], none: [wide] }).kind === 'impossible';
}

/** The characters that keep the pickiest of the wanted patterns alive: in literal runs that is one. */
function liveChars(
  wanted: readonly Automaton[],
  states: readonly number[],
  alphabet: readonly string[],
): readonly string[] {
  let best: readonly string[] = alphabet;
  wanted.forEach((automaton, at) => {
    const { own, others } = automaton.live(states[at] ?? 0);
    const live = others ? undefined : own;
    if (live !== undefined && live.length < best.length) best = live;
  });
  return best;
}

/** Every character that any pattern names, and one that none names, which stands for all others. */
function alphabetOf(automata: readonly Automaton[]): readonly string[] {
  const chars = new Set(automata.flatMap(({ chars: own }) => [...own]));
  return [unusedChar(chars), ...chars];
}

/** A character outside the set; a readable one where there is one, for the text that a search finds. */
function unusedChar(chars: ReadonlySet<string>): string {
  const readable = Array.from('xyzabcdefghijklmnopqrstuvw0123456789').find((char) => !chars.has(char));
  if (readable !== undefined) return readable;
  let code = 0xe000;
  while (chars.has(String.fromCharCode(code))) code++;
  return String.fromCharCode(code);
}

const automata = new WeakMap<Pattern, Automaton>();

/** The automaton of a pattern, kept with it: the same questions are asked of many documents. */
function automatonOf(pattern: Pattern): Automaton {
  let automaton = automata.get(pattern);
  if (automaton === undefined) automata.set(pattern, (automaton = new Automaton(pattern)));
  return automaton;
}

/** A pattern as a deterministic automaton whose states are made when they are first reached. */
class Automaton {
  readonly start: number;
  /** The characters that the pattern names. */
  readonly chars: ReadonlySet<string>;
  /** Stands for every character that it does not name. */
  private readonly other: string;
  private readonly positions: (readonly number[])[] = [];
  private readonly ids = new Map<string, number>();
  private readonly transitions: Map<string, number>[] = [];
  private readonly liveOf: (Live | undefined)[] = [];
  /** Where the closing run of free `*` begins; the pattern's length when it does not end in one. */
  private readonly freeTail: number;

  constructor(private readonly pattern: Pattern) {
    this.freeTail = pattern.findLastIndex((piece) => !isFreeStar(piece)) + 1;
    this.chars = new Set(
      pattern.flatMap((piece) => (piece.kind === 'literal' ? [piece.char] : Array.from(piece.except ?? ''))),
    );
    this.other = unusedChar(this.chars);
    this.start = this.intern([0]);
  }

  after(id: number, char: string): number {
    const symbol = this.chars.has(char) ? char : this.other;
    const row = (this.transitions[id] ??= new Map<string, number>());
    let next = row.get(symbol);
    if (next === undefined) {
      next = this.intern(step(this.pattern, this.positions[id] ?? [], symbol));
      row.set(symbol, next);
    }
    return next;
  }

  live(id: number): Live {
    return (this.liveOf[id] ??= {
      own: [...this.chars].filter((char) => !this.isDead(this.after(id, char))),
      others: !this.isDead(this.after(id, this.other)),
    });
  }

  accepts(id: number): boolean {
    return this.positions[id]?.at(-1) === this.pattern.length;
  }

  isDead(id: number): boolean {
    return this.positions[id]?.length === 0;
  }

  acceptsAllFromHere(id: number): boolean {
    return (this.positions[id] ?? []).some((at) => at >= this.freeTail && at < this.pattern.length);
  }

  private intern(from: readonly number[]): number {
    const positions = this.withoutDominated(closure(this.pattern, from));
    const key = positions.join();
    let id = this.ids.get(key);
    if (id === undefined) {
      id = this.positions.push(positions) - 1;
      this.ids.set(key, id);
    }
    return id;
  }

  /** Behind a free `*`, whatever an earlier position could still match, the `*` matches too. */
  private withoutDominated(positions: readonly number[]): readonly number[] {
    const last = positions.findLastIndex((at) => isFreeStar(this.pattern[at]));
    return last > 0 ? positions.slice(last) : positions;
  }
}

/** Which characters do not end all hope: of those that the pattern names, and all others. */
interface Live {
  readonly own: readonly string[];
  readonly others: boolean;
}

function isFreeStar(piece: Piece | undefined): boolean {
  return piece?.kind === 'many' && piece.except === undefined;
}
