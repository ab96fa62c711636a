// The versions that the local tool chain is made of, and how two versions compare.

/** Built from its Go module when no finished CLI can be had: the newest whose module and sums are recorded here. */
export const PULUMI_SOURCE_VERSION = '3.259.0';

/**
 * Oldest CLI taken from PATH. 3.229 is the first whose Node language host accepts TypeScript 6 projects
 * (pulumi/pulumi#22336) and the first with `pulumi policy analyze`.
 */
export const PULUMI_MINIMUM_VERSION = '3.229.0';

/** The highest `go` line among the module github.com/pulumi/pulumi/pkg/v3 at that version and its dependencies. */
export const GO_VERSION = '1.25.11';

/** Since this version Go fetches a newer toolchain by itself when a module asks for one (unless `GOTOOLCHAIN=local`). */
export const GO_SELF_UPGRADE_VERSION = '1.21.0';

export const MINISTACK_VERSION = '1.5.33';

/** ministack's own `requires-python`. */
export const PYTHON_MINIMUM_VERSION = '3.10.0';

export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** Set for `3.250.0-alpha.1`: ordered before the release without it. */
  readonly prerelease: string | undefined;
}

const PATTERN = /(\d+)\.(\d+)(?:\.(\d+))?(?:-?([a-z][0-9A-Za-z.-]*))?/;

/** The first version in `text` (`v3.259.0`, `go1.26rc1`, `Python 3.11.7`), or undefined. */
export function parseVersion(text: string): Version | undefined {
  const match = PATTERN.exec(text);
  if (!match) return undefined;
  return {
    major: Number(match[1]),
    minor: Number(match[2]),
    patch: Number(match[3] ?? 0),
    prerelease: match[4],
  };
}

/** Negative when `a` is older than `b`. Two prereleases of one version are taken as equal. */
export function compareVersions(a: Version, b: Version): number {
  return (
    a.major - b.major ||
    a.minor - b.minor ||
    a.patch - b.patch ||
    Number(a.prerelease === undefined) - Number(b.prerelease === undefined)
  );
}

/** True when `found` is `minimum` or newer; false when either is no version. */
export function isAtLeast(found: string, minimum: string): boolean {
  const [a, b] = [parseVersion(found), parseVersion(minimum)];
  return a !== undefined && b !== undefined && compareVersions(a, b) >= 0;
}
