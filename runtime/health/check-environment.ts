// Whether the environment variables of a service say what the stack's outputs do.
import { ENVIRONMENT_VARIABLES } from '../../contract/environment-variables';
import type { StorageOutputs } from '../../contract/outputs/storage';
import { Findings } from './health-report';
import type { Finding } from './health-report';

/** Variables that are not set are no finding: outputs may be read instead. */
export function checkEnvironment(env: NodeJS.ProcessEnv, outputs: StorageOutputs): readonly Finding[] {
  const findings = new Findings('environment variables');
  const names = ENVIRONMENT_VARIABLES;
  const buckets = Object.values(outputs.embeddingBuckets).map(({ name }) => name);
  const expected: readonly (readonly [variable: string, allowed: readonly string[]])[] = [
    [names.vectorBucketName, [outputs.vectorBucketName]],
    [names.vectorIndexName, [outputs.episodeIndexName]],
    [names.embeddingBucketName, buckets],
    [names.vectorDimension, [String(outputs.episodeIndex.dimension)]],
    [names.region, [outputs.region]],
  ];
  let compared = 0;
  let differing = 0;
  for (const [variable, allowed] of expected) {
    const value = env[variable]?.trim();
    if (value === undefined || value === '') continue;
    compared += 1;
    if (allowed.includes(value)) continue;
    differing += 1;
    const wanted = allowed.length === 0 ? 'the stack has none' : `the stack says ${allowed.join(' or ')}`;
    findings.add('environment', 'error', `${variable} is "${value}"; ${wanted}.`, {
      cause: 'misfit',
      fix: `Set ${variable} from the stack’s outputs (the ServiceAccess component does), or select the stack that is meant.`,
    });
  }
  if (compared > 0 && differing === 0) {
    findings.ok('environment', `${compared} variable${compared === 1 ? '' : 's'} agree with the stack.`);
  }
  return findings.list;
}
