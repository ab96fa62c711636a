// Turns Pulumi's flat, textual configuration into the record that a stack's parser reads.

/** How the value of a key is written: as it stands, or as JSON (numbers, flags, lists and maps). */
export type ConfigKeys = Readonly<Record<string, 'text' | 'json'>>;

/**
 * The values of one project's namespace, without its prefix. Keys that are not known are kept, so that the parser
 * can refuse them, and so is a text that should be JSON and is not: the parser says what it must be, together with
 * everything else that is wrong. Keys of other namespaces (`aws:region`) are left out.
 * @param all as Pulumi gives it: `namespace:key` → text.
 */
export function configRecord(
  all: Readonly<Record<string, string>>,
  namespace: string,
  keys: ConfigKeys,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(all)
      .filter(([name]) => name.startsWith(`${namespace}:`))
      .map(([name, text]) => {
        const key = name.slice(namespace.length + 1);
        return [key, keys[key] === 'json' ? valueOfJson(text) : text];
      }),
  );
}

/** How messages name the configuration of a project. */
export function configSubject(namespace: string): string {
  return `configuration "${namespace}:*" of this stack (set with: pulumi config set <field> <value>)`;
}

function valueOfJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
