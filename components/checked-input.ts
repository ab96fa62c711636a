// Applies the rules of the contract to inputs: at once to what is plain, so that a mistake throws where it was
// written, together with all others; inside `apply` to outputs, so that a mistake stops the resource that needs it.
import * as pulumi from '@pulumi/pulumi';
import { refuse } from '../contract/invalid-input';

/** What is known of some inputs: those that are outputs are absent. */
export type Known<T> = Partial<pulumi.Unwrap<T>>;

/** Results that were made of plain values alone, so that they need not be waited for. */
const plainResults = new WeakMap<object, unknown>();

/** Gathers the faults of one component's arguments; call `refuse` before anything is declared. */
export class InputCheck {
  private readonly problems: string[] = [];

  constructor(
    /** The component as a reader knows it: `VectorIndex "episodes"`. */
    private readonly subject: string,
  ) {}

  /** Adds faults of what is plain. */
  add(problems: readonly string[]): void {
    this.problems.push(...problems);
  }

  /**
   * What `make` makes of inputs that have no fault. The faults of those that are plain are added at once, whatever
   * the others are; of all of them together they are looked for again once they are resolved.
   * @param problemsOf every fault of inputs; one that is absent is not known yet, and no fault.
   */
  input<T extends object, R>(
    inputs: T,
    problemsOf: (known: Known<T>) => readonly string[],
    make: (plain: pulumi.Unwrap<T>) => R,
  ): pulumi.Output<pulumi.Unwrap<R>> {
    const problems = problemsOf(knownOf(inputs));
    this.add(problems);
    // `refuse` throws before anybody can use it.
    if (problems.length > 0) return pulumi.output(undefined) as unknown as pulumi.Output<pulumi.Unwrap<R>>;
    return checked(inputs, (plain) => {
      refuse(this.subject, problemsOf(plain));
      return make(plain);
    });
  }

  /**
   * A single input as it is, once it has no fault.
   * @param problemsOf also asked about undefined, which programs that are not type-checked give for what is needed
   */
  value<T>(
    input: pulumi.Input<T>,
    problemsOf: (plain: T | undefined) => readonly string[],
  ): pulumi.Output<T> {
    return this.input(
      { value: input },
      (known) => ('value' in known ? problemsOf(known.value as T | undefined) : []),
      (plain) => plain.value,
    ) as pulumi.Output<T>;
  }

  /** @throws InvalidInputError listing every fault that was added, when there is one. */
  refuse(): void {
    refuse(this.subject, this.problems);
  }
}

/**
 * The result of `rule` on the resolved inputs.
 * @throws whatever `rule` throws, when every input is plain.
 */
export function checked<T extends object, R>(
  inputs: T,
  rule: (plain: pulumi.Unwrap<T>) => R,
): pulumi.Output<pulumi.Unwrap<R>> {
  if (isPlain(inputs)) {
    // Nothing is left to unwrap in a plain value: Unwrap<T> is then T itself.
    const result = rule(inputs as unknown as pulumi.Unwrap<T>);
    const output = pulumi.output(result);
    if (isPlain(result)) plainResults.set(output, result);
    return output;
  }
  return pulumi.output(inputs).apply((plain) => rule(plain) as pulumi.Input<R>) as pulumi.Output<
    pulumi.Unwrap<R>
  >;
}

/** An input as it was written where it is plain, or made of plain values by `checked`; else as it is. */
export function plainWhereKnown<T>(input: pulumi.Input<T>): pulumi.Input<T> {
  return typeof input === 'object' && input !== null && plainResults.has(input)
    ? (plainResults.get(input) as T)
    : input;
}

/** The inputs that are plain, whatever the others are; a plain `undefined` is there too. */
export function knownOf<T extends object>(inputs: T): Known<T> {
  return Object.fromEntries(Object.entries(inputs).filter(([, value]) => isPlain(value))) as Known<T>;
}

/** Whether no output and no promise is anywhere inside a value. */
export function isPlain(value: unknown): boolean {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return false;
  if (Array.isArray(value)) return value.every(isPlain);
  if (typeof value === 'object' && value !== null) return Object.values(value).every(isPlain);
  return true;
}
