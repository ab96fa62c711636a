// Names for resources that the program left unnamed: `<logical name>-<7 hex digits>`, as the real providers do.
import { createHash, randomBytes } from 'node:crypto';

/** The engine's autonaming configuration as it comes with Check. */
export interface EngineNaming {
  readonly proposedName: string;
  readonly mode: 'propose' | 'enforce' | 'disable';
}

export interface NameRequest {
  readonly logicalName: string;
  /** The engine's seed: the same seed gives the same name, so that preview and update agree. */
  readonly seed: Uint8Array;
  readonly engine: EngineNaming | undefined;
}

export interface NameRule {
  readonly longest: number;
  readonly prefix?: string;
  readonly lowerCase?: true;
}

const SUFFIX_DIGITS = 7;

/** The name, or undefined where the engine's configuration forbids making one up. */
export function autoName({ logicalName, seed, engine }: NameRequest, rule: NameRule): string | undefined {
  if (engine?.mode === 'disable') return undefined;
  const prefix = rule.prefix ?? '';
  const cased = (name: string): string => (rule.lowerCase === true ? name.toLowerCase() : name);
  if (engine !== undefined) return cased(prefix + engine.proposedName);
  const entropy = seed.length > 0 ? createHash('sha256').update(seed).digest() : randomBytes(SUFFIX_DIGITS);
  const suffix = `-${entropy.toString('hex').slice(0, SUFFIX_DIGITS)}`;
  return cased((prefix + logicalName).slice(0, rule.longest - suffix.length) + suffix);
}
