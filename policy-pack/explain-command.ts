// `policy explain`: the pack's verdicts on a policy document, or on a stack that is already deployed, without an
// engine. The core is a function of texts; cli.ts reads the files and prints.
import type { PolicyConfigSchema, ResourceValidationPolicy, StackValidationPolicy } from '@pulumi/policy';
import path from 'node:path';
import { settingProblems } from './configuration-problems';
import { heldAlone } from './explain-document';
import { BadInput, type ExplainInput, type ExportedResource, parse, readInput } from './explain-input';
import { Secrets } from './explain-secrets';
import { policies } from './policies';

export interface Finding {
  readonly policy: string;
  /** `mandatory` stops an update; `advisory` is said only. */
  readonly level: 'mandatory' | 'advisory';
  /** URN of a resource of a stack; absent for a document. */
  readonly urn?: string;
  readonly message: string;
}

export interface Explanation {
  readonly source: string;
  /** What was judged: `identity policy "x"`, `a stack of 12 resources`. */
  readonly judged: string;
  readonly policies: readonly string[];
  readonly findings: readonly Finding[];
}

export interface ExplainRequest {
  /** Where the text is from, for messages. */
  readonly source: string;
  readonly text: string;
  /**
   * The name that a policy document has in IAM (its bucket's, for a bucket policy that names none); it says which layer
   * it belongs to. Made from the source when absent.
   */
  readonly name?: string;
  /** The pack's configuration file, as the engine takes it. */
  readonly config?: { readonly source: string; readonly text: string };
}

/** What IAM takes for the name of a policy or role. */
const NAME = /^[\w+=,.@-]{1,128}$/;

/** @throws BadInput when the name, the text or the configuration cannot be used; all problems of one at once. */
export function explain({ source, text, name, config }: ExplainRequest): Explanation {
  if (name !== undefined && !NAME.test(name)) {
    throw new BadInput([
      `"${name}" is no name in IAM: write 1 to 128 letters, digits and any of _+=,.@- without a path.`,
    ]);
  }
  const configuration = config === undefined ? {} : readConfiguration(config.text, config.source);
  const subject = subjectOf(readInput(text, source), source, name);
  const findings = subject.policies.flatMap((policy) => {
    const { level, settings } = settingsOf(policy, configuration);
    return level === 'disabled' ? [] : judgeAll(policy, subject.resources, settings, level);
  });
  return {
    source,
    judged: subject.what,
    policies: subject.policies.map((policy) => policy.name),
    findings: findings.map(({ urn, message, ...finding }) => ({
      ...finding,
      ...(subject.isStack && urn !== undefined ? { urn } : {}),
      message: subject.secrets.mask(message),
    })),
  };
}

/** 0: nothing to stop an update; 1: something. */
export function exitCodeOf({ findings }: Explanation): 0 | 1 {
  return findings.some(({ level }) => level === 'mandatory') ? 1 : 0;
}

type Policy = ResourceValidationPolicy | StackValidationPolicy;

interface Subject {
  readonly what: string;
  readonly isStack: boolean;
  readonly resources: readonly ExportedResource[];
  readonly policies: readonly Policy[];
  readonly secrets: Secrets;
}

function subjectOf(input: ExplainInput, source: string, given: string | undefined): Subject {
  if (input.kind === 'stack') {
    return {
      what: `a stack of ${input.resources.length} ${input.resources.length === 1 ? 'resource' : 'resources'}`,
      isStack: true,
      resources: input.resources,
      policies,
      secrets: input.secrets,
    };
  }
  const name =
    given ??
    path
      .basename(source, '.json')
      .replaceAll(/[^\w+=,.@-]+/g, '-')
      .slice(0, 128);
  const held = heldAlone(input.document, name, given !== undefined);
  return {
    what: `${held.kind} "${name}"`,
    isStack: false,
    resources: held.resources.map((resource) => ({ before: resource, after: resource })),
    policies: policies.filter((policy) => held.policies.includes(policy.name)),
    secrets: new Secrets(),
  };
}

function judgeAll(
  policy: Policy,
  resources: readonly ExportedResource[],
  settings: object,
  level: 'mandatory' | 'advisory',
): Finding[] {
  const findings: Finding[] = [];
  const reportOf =
    (urn?: string) =>
    (diagnostic: string | { readonly message: string; readonly urn?: string }, other?: string) => {
      const about = other ?? (typeof diagnostic === 'string' ? undefined : diagnostic.urn) ?? urn;
      findings.push({
        policy: policy.name,
        level: typeof diagnostic === 'string' ? level : 'advisory',
        ...(about === undefined ? {} : { urn: about }),
        message: typeof diagnostic === 'string' ? diagnostic : diagnostic.message,
      });
    };
  const common = { getConfig: () => settings, stackTags: new Map<string, string>() };
  if ('validateStack' in policy) {
    const args = { ...common, resources: resources.map(({ after }) => after) };
    void policy.validateStack(args as never, reportOf());
  } else {
    const validations = [policy.validateResource ?? []].flat();
    for (const { before } of resources) {
      for (const validate of validations)
        void validate({ ...common, ...before } as never, reportOf(before.urn));
    }
  }
  return findings;
}

const LEVELS = ['mandatory', 'advisory', 'remediate', 'disabled'] as const;
type Level = (typeof LEVELS)[number];
type Configuration = Readonly<Record<string, unknown>>;

/** The file that the engine takes under --policy-pack-config. */
function readConfiguration(text: string, source: string): Configuration {
  const value = parse(text, source);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BadInput([`${source} must be an object of policy names, as for --policy-pack-config.`]);
  }
  const problems = Object.entries(value).flatMap(([name, given]: [string, unknown]) => {
    const policy = policies.find((one) => one.name === name);
    if (policy === undefined && name !== 'all') {
      return [`${source}: there is no policy "${name}"; docs/policy-pack.md lists them.`];
    }
    const { level, problems } = levelAndSettings(given, policy?.configSchema);
    const remediates = policy !== undefined && 'remediateResource' in policy;
    const refused =
      level === 'remediate' && !remediates
        ? [...problems, `: only required-tags can add what is missing; write mandatory or advisory.`]
        : problems;
    return refused.map((problem) => `${source}: ${name}${problem}`);
  });
  if (problems.length > 0) throw new BadInput(problems);
  return value as Configuration;
}

function levelAndSettings(
  given: unknown,
  schema: PolicyConfigSchema | undefined,
): { readonly level?: Level; readonly settings: object; readonly problems: readonly string[] } {
  const { enforcementLevel, ...settings } = (
    typeof given === 'string' ? { enforcementLevel: given } : typeof given === 'object' ? { ...given } : {}
  ) as Record<string, unknown>;
  const level = LEVELS.find((one) => one === enforcementLevel);
  const problems = settingProblems('', settings, {
    type: 'object',
    properties: { ...schema?.properties },
    additionalProperties: false,
  });
  if (given === null || !['string', 'object'].includes(typeof given)) {
    problems.push(` is ${JSON.stringify(given)}; write a level, or an object with settings.`);
  }
  if (enforcementLevel !== undefined && level === undefined) {
    problems.push(`: level ${JSON.stringify(enforcementLevel)} must be one of ${LEVELS.join(', ')}.`);
  }
  return { ...(level === undefined ? {} : { level }), settings, problems };
}

function settingsOf(
  policy: Policy,
  configuration: Configuration,
): { readonly level: 'mandatory' | 'advisory' | 'disabled'; readonly settings: object } {
  const schema = policy.configSchema;
  const defaults = Object.entries(schema?.properties ?? {}).flatMap(([key, one]) =>
    one.default === undefined ? [] : [[key, one.default] as const],
  );
  const own = levelAndSettings(configuration[policy.name] ?? {}, schema);
  const level = own.level ?? levelAndSettings(configuration.all ?? {}, undefined).level ?? 'mandatory';
  return {
    level: level === 'remediate' ? 'mandatory' : level,
    settings: { ...Object.fromEntries(defaults), ...own.settings },
  };
}
