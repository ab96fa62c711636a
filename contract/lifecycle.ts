// How long the versions of an embedding are kept, in days.

/** The days of an embedding bucket's lifecycle, as its arguments are called. */
export interface LifecycleDays {
  /** Until a noncurrent version moves to GLACIER_IR. */
  readonly archiveAfterDays: number;
  /** Until a noncurrent version is removed. */
  readonly expireAfterDays: number;
  /** Until an abandoned multipart upload is removed. */
  readonly abortUploadsAfterDays: number;
  /** Until a current version moves to INTELLIGENT_TIERING. */
  readonly intelligentTieringAfterDays?: number | undefined;
  /** Until a current version is deleted. */
  readonly deleteAfterDays?: number | undefined;
}

/** Where none are named; current versions then neither move nor go. */
export const DEFAULT_LIFECYCLE_DAYS = {
  archiveAfterDays: 90,
  expireAfterDays: 180,
  abortUploadsAfterDays: 7,
} as const satisfies LifecycleDays;

const LEAST_DAYS = {
  archiveAfterDays: 1,
  expireAfterDays: 1,
  abortUploadsAfterDays: 1,
  intelligentTieringAfterDays: 0,
  deleteAfterDays: 1,
} as const satisfies Record<keyof LifecycleDays, number>;

/** Every reason why these days make no lifecycle; empty when they do. Days that are absent are not judged. */
export function lifecycleProblems(days: Partial<LifecycleDays>): string[] {
  const problems = (Object.keys(LEAST_DAYS) as (keyof LifecycleDays)[]).flatMap((input) => {
    const [value, least] = [days[input], LEAST_DAYS[input]];
    return value === undefined || (Number.isInteger(value) && value >= least)
      ? []
      : [`${input} ${value} must be a whole number of days, ${least} or more.`];
  });
  return problems.length > 0 ? problems : lifecycleOrderProblems(days);
}

/** Every reason why an object would be gone before it is moved; empty when there is none. */
export function lifecycleOrderProblems(days: Partial<LifecycleDays>): string[] {
  const { archiveAfterDays, expireAfterDays, intelligentTieringAfterDays, deleteAfterDays } = days;
  const problems: string[] = [];
  if (
    archiveAfterDays !== undefined &&
    expireAfterDays !== undefined &&
    expireAfterDays <= archiveAfterDays
  ) {
    problems.push(
      `expireAfterDays ${expireAfterDays} must be more than archiveAfterDays ${archiveAfterDays}: ` +
        'a version would be removed before it is archived.',
    );
  }
  if (
    intelligentTieringAfterDays !== undefined &&
    deleteAfterDays !== undefined &&
    deleteAfterDays <= intelligentTieringAfterDays
  ) {
    problems.push(
      `deleteAfterDays ${deleteAfterDays} must be more than intelligentTieringAfterDays ` +
        `${intelligentTieringAfterDays}: an object would be deleted before it is moved.`,
    );
  }
  return problems;
}
