// The name patterns that the documents of one project are written against: all of its environments, or some.
import { bucketNamePattern } from '../../names';

/** Which names a document covers. */
export interface Scope {
  readonly project: string;
  /** Environments that are covered; all of them where the list is absent or empty. */
  readonly environments?: readonly string[] | undefined;
}

/**
 * `acme-*-vector-*`, or one pattern an environment.
 * @throws InvalidInputError naming a project or environment that makes no name.
 */
export function namePatterns({ project, environments = [] }: Scope): string[] {
  return environments.length === 0
    ? [bucketNamePattern(project)]
    : environments.map((environment) => bucketNamePattern(project, environment));
}
