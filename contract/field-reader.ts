// Reads untyped records (stack outputs, stack configuration) field by field and gathers every fault,
// so that a person sees all of them at once, each with the name of its field.
import { refuse } from './invalid-input';

/** What a text field must look like, and how to say so. */
export interface TextRule {
  readonly pattern?: RegExp;
  /** Completes the sentence `field "x" must be …`. */
  readonly as?: string;
  readonly oneOf?: readonly string[];
}

/** Reads one record; call `finish` last, which throws when anything was wrong. */
export class FieldReader {
  private readonly faults: string[];
  private readonly record: Readonly<Record<string, unknown>>;

  constructor(
    /** What the record is, for messages: `outputs of stack s3-vectors/dev`. */
    private readonly subject: string,
    record: unknown,
    /** Path of this record inside another, with its dot: `episodeIndex.`. */
    private readonly path = '',
    faults: string[] = [],
  ) {
    this.faults = faults;
    if (isRecord(record)) {
      this.record = record;
    } else {
      this.record = {};
      this.faults.push(
        `${path === '' ? 'the whole' : `field "${path.slice(0, -1)}"`} must be an object, not ${show(record)}.`,
      );
    }
  }

  text(name: string, rule: TextRule = {}): string {
    return this.optionalText(name, rule) ?? this.missing(name, '');
  }

  optionalText(name: string, rule: TextRule = {}): string | undefined {
    return this.optional(
      name,
      describe(rule),
      (value): value is string => isText(value) && fitsRule(value, rule),
    );
  }

  integer(name: string, range: { readonly min: number; readonly max: number }): number {
    return this.optionalInteger(name, range) ?? this.missing(name, 0);
  }

  optionalInteger(name: string, range: { readonly min: number; readonly max: number }): number | undefined {
    return this.optional(
      name,
      `a whole number from ${range.min} to ${range.max}`,
      (value): value is number =>
        typeof value === 'number' && Number.isInteger(value) && value >= range.min && value <= range.max,
    );
  }

  optionalFlag(name: string): boolean | undefined {
    return this.optional(name, 'true or false', (value) => typeof value === 'boolean');
  }

  texts(name: string): string[] {
    return this.optionalTexts(name) ?? this.missing(name, []);
  }

  optionalTexts(name: string): string[] | undefined {
    return this.optional(name, 'a list of texts', (value) => Array.isArray(value) && value.every(isText));
  }

  optionalTextMap(name: string): Record<string, string> | undefined {
    return this.optional(
      name,
      'a map of texts',
      (value): value is Record<string, string> => isRecord(value) && Object.values(value).every(isText),
    );
  }

  /** Reads a nested record with the same gathering of faults. */
  nested<T>(name: string, read: (reader: FieldReader) => T): T {
    if (this.present(name) === undefined) this.missing(name, undefined);
    const inner = this.present(name) ?? {};
    return read(new FieldReader(this.subject, inner, `${this.path}${name}.`, this.faults));
  }

  /** Reads a map whose values are records. */
  nestedMap<T>(name: string, read: (reader: FieldReader, key: string) => T): Record<string, T> {
    return this.nested(name, (map) =>
      Object.fromEntries(
        Object.keys(map.record).map((key) => [key, map.nested(key, (entry) => read(entry, key))]),
      ),
    );
  }

  /** Adds faults that a rule of the contract found in a field. */
  check(name: string, problems: readonly string[]): void {
    for (const problem of problems) this.faults.push(`field "${this.path}${name}": ${problem}`);
  }

  /** Faults every field that is not in the list: a misspelt key would otherwise silently do nothing. */
  only(names: readonly string[]): void {
    for (const name of Object.keys(this.record)) {
      if (!names.includes(name)) {
        this.faults.push(`field "${this.path}${name}" is not known; known are ${names.join(', ')}.`);
      }
    }
  }

  /**
   * Ends the reading.
   * @throws InvalidInputError with every fault found, when there is one.
   */
  finish<T>(value: T): T {
    refuse(this.subject, this.faults);
    return value;
  }

  private present(name: string): unknown {
    return Object.hasOwn(this.record, name) ? (this.record[name] ?? undefined) : undefined;
  }

  private missing<T>(name: string, stand: T): T {
    // A field that is present and wrong was already faulted; saying "missing" too would mislead.
    if (this.present(name) === undefined) this.faults.push(`field "${this.path}${name}" is missing.`);
    return stand;
  }

  /** A field that may be absent: its value where it is as it must be, a fault where it is not. */
  private optional<T>(name: string, expected: string, fits: (value: unknown) => value is T): T | undefined {
    const value = this.present(name);
    if (value === undefined || fits(value)) return value;
    this.faults.push(`field "${this.path}${name}" must be ${expected}, not ${show(value)}.`);
    return undefined;
  }
}

function fitsRule(value: string, rule: TextRule): boolean {
  if (rule.oneOf !== undefined) return rule.oneOf.includes(value);
  return value !== '' && (rule.pattern?.test(value) ?? true);
}

function describe(rule: TextRule): string {
  if (rule.oneOf !== undefined) return `one of ${rule.oneOf.map((choice) => `"${choice}"`).join(', ')}`;
  return (
    rule.as ??
    (rule.pattern === undefined ? 'a text that is not empty' : `a text like ${String(rule.pattern)}`)
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
