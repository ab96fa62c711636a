// Settings that several policies share, each with its JSON schema. The engine checks values against the schema and
// fills in the defaults.
import type { PolicyConfigJSONSchema } from '@pulumi/policy/schema';
import { matches, wildcard } from '../contract/iam/evaluator/pattern';
import { parseBucketName } from '../contract/names';
import type { Exception } from './exceptions';

export const projectSchema: PolicyConfigJSONSchema = {
  type: 'string',
  pattern: '^[a-z0-9]+(-[a-z0-9]+)*$',
  description: 'The only project that names may carry; any when absent.',
};

export const environmentsSchema: PolicyConfigJSONSchema = {
  type: 'array',
  items: { type: 'string', pattern: '^[a-z0-9]+$' },
  description: 'The only environments that names may carry; any when absent or empty.',
  default: [],
};

export const exemptSchema: PolicyConfigJSONSchema = {
  type: 'array',
  items: { type: 'string', minLength: 1 },
  description: 'Physical names that the policy leaves alone; "*" and "?" are wildcards.',
  default: [],
};

/** The settings of a policy as the engine hands them over; each policy's schema says which of them it has. */
export interface Settings {
  readonly project?: string;
  readonly environments?: readonly string[];
  readonly productionEnvironments?: readonly string[];
  readonly exempt?: readonly string[];
  readonly exemptBuckets?: readonly string[];
  readonly indexNames?: readonly string[];
  readonly maximumRetentionDays?: number;
  readonly maximumUploadDays?: number;
  readonly required?: readonly string[];
  readonly values?: Readonly<Record<string, string>>;
  readonly allowedRegions?: readonly string[];
  readonly exceptions?: readonly Exception[];
}

/** Is the name among the exempt ones? */
export function isExempt(name: string, exempt: readonly string[] | undefined): boolean {
  return (exempt ?? []).some((pattern) => matches(wildcard(pattern), name));
}

export const allowedRegionsSchema: PolicyConfigJSONSchema = {
  type: 'array',
  items: { type: 'string', pattern: '^[a-z]{2}(-[a-z]+)+-[0-9]+$' },
  description: 'The only Regions whose vectors a policy may reach; any when absent or empty.',
  default: [],
};

export const productionSchema: PolicyConfigJSONSchema = {
  type: 'array',
  items: { type: 'string', pattern: '^[a-z0-9]+$' },
  description: 'Environments whose data must never be lost.',
  default: ['prod', 'production'],
};

/** Does a bucket of this name belong to a production environment? A name outside the pattern belongs to none. */
export function isProduction(bucketName: string, environments: readonly string[] | undefined): boolean {
  const parts = parseBucketName(bucketName);
  return parts !== undefined && (environments ?? []).includes(parts.environment);
}
