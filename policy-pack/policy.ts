// The form that every policy of the pack has: its metadata, its configuration, and one pure judgement of a resource.
import type {
  PolicyConfigSchema,
  ResourceValidationPolicy,
  Severity,
  StackValidationPolicy,
} from '@pulumi/policy';
import type { Policies } from '@pulumi/policy/policy';
import type { Settings } from './configuration';
import { settingProblems } from './configuration-problems';
import { exceptionsSchema, namesOf, today, withExceptions } from './exceptions';
import { frameworkTags } from './frameworks';
import { givenInputs } from './resources/given-inputs';
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
  const { judge } = card;
  const metadata = metadataOf(card);
  return {
    ...metadata,
    validateResource: (args, report) => {
      const resource = judged(args);
      const settings = checkedSettings(metadata, args.getConfig<Settings>());
      judge(
        resource,
        withExceptions(reportFor(report), namesOf(resource), settings.exceptions ?? [], today()),
        settings,
      );
    },
  };
}

/** The policy, which also remembers the inputs of every resource for the stack policies of the same process. */
export function rememberingInputs(policy: Policies[number]): Policies[number] {
  if (!('validateResource' in policy) || typeof policy.validateResource !== 'function') return policy;
  const { validateResource } = policy;
  return {
    ...policy,
    validateResource: (args, report) => {
      givenInputs.remember(args.urn, args.props);
      return validateResource(args, report);
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
  const { judge } = card;
  const metadata = metadataOf(card);
  return {
    ...metadata,
    validateStack: (args, report) => {
      const resources = args.resources.map((one) => judged(one, givenInputs));
      const settings = checkedSettings(metadata, args.getConfig<Settings>());
      const names = new Map(resources.map((resource) => [resource.urn, namesOf(resource)]));
      judge(
        resources,
        (urn) =>
          withExceptions(reportFor(report, urn), names.get(urn) ?? [urn], settings.exceptions ?? [], today()),
        settings,
      );
    },
  };
}

/**
 * The engine checks settings against the schema, whose form for packs has no way to refuse others: a misspelled one
 * would be left out without a word.
 * @throws Error with all that is wrong, which fails the preview at any level.
 */
export function checkedSettings<T extends object>(
  { name, configSchema }: { readonly name: string; readonly configSchema?: PolicyConfigSchema },
  settings: T,
): T {
  const problems = settingProblems(name, settings, {
    type: 'object',
    properties: configSchema?.properties ?? {},
    additionalProperties: false,
  });
  if (problems.length === 0) return settings;
  throw new Error(`the configuration of the policy pack cannot be used. ${problems.join(' ')}`);
}

/** What the pack tells the engine: every policy takes exceptions, and names the controls that it answers to. */
function metadataOf({
  name,
  displayName,
  description,
  severity,
  tags,
  remediationSteps,
  url,
  configSchema,
}: PolicyCard) {
  return {
    name,
    displayName,
    description,
    severity,
    remediationSteps,
    url,
    tags: [...tags, ...frameworkTags(name)],
    configSchema: {
      ...configSchema,
      properties: { ...configSchema?.properties, exceptions: exceptionsSchema },
    },
    enforcementLevel: 'mandatory' as const,
  };
}
