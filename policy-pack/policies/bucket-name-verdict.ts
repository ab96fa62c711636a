// One verdict on the name of a bucket, for vector buckets and S3 buckets alike.
import { bucketNameProblems } from '../../contract/names';
import { isExempt, type Settings } from '../configuration';

/** Every reason why the name is refused under the configuration; empty when it is not. */
export function bucketNameVerdict(name: string, settings: Settings): string[] {
  if (isExempt(name, settings.exempt)) return [];
  const expected = settings.project === undefined ? {} : { project: settings.project };
  const environments = settings.environments ?? [];
  if (environments.length === 0) return bucketNameProblems(name, expected);
  const verdicts = environments.map((environment) => bucketNameProblems(name, { ...expected, environment }));
  if (verdicts.some((problems) => problems.length === 0)) return [];
  const general = bucketNameProblems(name, expected);
  return general.length > 0
    ? general
    : [
        `"${name}" belongs to none of the environments ${environments.join(', ')}: write one of them into its name.`,
      ];
}
