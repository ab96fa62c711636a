// Keeps the secrets of a stack export out of messages. The policies judge them, because a verdict may hang on them, and
// a message may quote what it is about; so what a message would print is replaced in the message.

/** Shorter texts are part of too many words: they are masked only where they stand by themselves. */
const SHORTEST_INSIDE_WORDS = 4;

/** Words of ARNs that tell nothing. */
const PLAIN_ARN_PARTS = new Set(
  'access-grants accesspoint alias assumed-role bucket group index key oidc-provider policy role user'.split(
    ' ',
  ),
);

/** Texts that must not be printed, collected while an export is read. */
export class Secrets {
  private readonly texts = new Set<string>();
  private pattern: RegExp | undefined;

  /** A text or number of a secret, with the parts of an ARN that a message may quote by themselves. */
  add(leaf: string | number): void {
    const text = String(leaf);
    const parts = text.startsWith('arn:') ? text.split(':').slice(5).join(':').split(/[:/]/) : [];
    for (const one of [text, ...parts.filter((part) => !PLAIN_ARN_PARTS.has(part))]) {
      const plain = inOneLine(one);
      // As messages write it, and as JSON does where a message quotes a value.
      for (const written of [plain, inOneLine(JSON.stringify(one).slice(1, -1))])
        if (written !== '') this.texts.add(written);
    }
    this.pattern = undefined;
  }

  /** The message in one line, every secret in it replaced. */
  mask(message: string): string {
    const line = message.replaceAll('\n', ' ');
    if (this.texts.size === 0) return line;
    this.pattern ??= new RegExp(
      [...this.texts]
        .sort((one, other) => other.length - one.length)
        .map(asPattern)
        .join('|'),
      'g',
    );
    return line.replaceAll(this.pattern, '[secret]');
  }
}

/** Messages are broken into lines at blanks, so that any blanks become one. */
function inOneLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ');
}

function asPattern(text: string): string {
  const literal = text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&').replaceAll(' ', '\\s+');
  return text.length < SHORTEST_INSIDE_WORDS ? `(?<![\\w-])${literal}(?![\\w-])` : literal;
}
