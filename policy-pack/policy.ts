// The form that every policy of the pack has: its metadata, its configuration, and one pure judgement of a resource.
import type {
  PolicyConfigSchema,
  ResourceValidationPolicy,
  Severity,
  StackValidationPolicy,
} from '@pulumi/policy';
import type { Settings } from './configuration';
import { judged, type Judged } from './resources/judged';
import { type Report, reportFor } from './report';

export interface PolicyCard {
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly severity: Severity;
  readonly tags: readonly string[];
  readonly remediationSteps: string;
  /** The AWS page that the rule rests on. */
  readonly url: string;
  readonly configSchema?: PolicyConfigSchema;
}

/** A policy that judges one resource by itself. */
export function resourcePolicy(
  card: PolicyCard & {
    readonly judge: (resource: Judged, report: Report, settings: Settings) => void;
  },
): ResourceValidationPolicy {
  const { judge, ...metadata } = card;
  return {
    ...metadata,
    tags: [...metadata.tags],
    enforcementLevel: 'mandatory',
    validateResource: (args, report) => {
      judge(judged(args), reportFor(report), args.getConfig<Settings>());
    },
  };
}

/** A policy that judges a stack as a whole, at the end of a preview or an update. */
export function stackPolicy(
  card: PolicyCard & {
    readonly judge: (
      resources: readonly Judged[],
      reportOn: (urn: string) => Report,
      settings: Settings,
    ) => void;
  },
): StackValidationPolicy {
  const { judge, ...metadata } = card;
  return {
    ...metadata,
    tags: [...metadata.tags],
    enforcementLevel: 'mandatory',
    validateStack: (args, report) => {
      judge(args.resources.map(judged), (urn) => reportFor(report, urn), args.getConfig<Settings>());
    },
  };
}
