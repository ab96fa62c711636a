// What is wrong with an input, as data: S3 Vectors Local turns problems into a ValidationException with its
// fieldList, the runtime into its own errors. Checks return every problem of an input, not only the first.

/** One thing that is wrong with an input. */
export interface Problem {
  /** Where, as a path from the input's root: `metadata.title`, `data[17]`. Empty for the input itself. */
  readonly path: string;
  /** What is wrong, with the value, and what is allowed. Reads on after the path: `has 1,025 characters; …`. */
  readonly message: string;
  /**
   * The words that S3 Vectors itself answers with, where somebody measured them. They name neither the value
   * nor, for filters, the place; S3 Vectors Local answers with them so that code which reads messages behaves alike.
   */
  readonly serviceMessage?: string;
}

/** The problems of something nested, with the path of its parent in front. */
export function under(path: string, problems: readonly Problem[]): Problem[] {
  return problems.map((problem) => ({ ...problem, path: joinPath(path, problem.path) }));
}

function joinPath(parent: string, child: string): string {
  if (child === '') return parent;
  return child.startsWith('[') ? `${parent}${child}` : `${parent}.${child}`;
}

/**
 * Problems that one input tells at most: beyond them it says only that there are more. An input may be twenty megabytes
 * of nothing but mistakes, and nobody repairs the hundredth before the first.
 */
export const MAX_PROBLEMS = 20;

/** What stands behind the problems of an input that has more of them. */
export const MORE_PROBLEMS: Problem = {
  path: '',
  message: `has further problems; the first ${MAX_PROBLEMS} are listed`,
};
