// Where a local run keeps its things. What is worth sharing between clones (the Pulumi CLI, the Python
// environment) lives in the user's cache directory, keyed by version; what belongs to this clone (Pulumi home,
// stack state, data, logs) lives in `.local/`. Nothing else of the person's is read or written.
import path from 'node:path';
import envPaths from 'env-paths';

export interface LocalPathsOptions {
  /** Directory of the package; default: the directory above `local/`. */
  readonly root?: string;
  /** Read for `S3V_LOCAL_DIR` and `S3V_CACHE_DIR`; default: this process's environment. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** Absolute paths; none of them is created by {@link localPaths}. */
export interface LocalPaths {
  /** The package itself: where `local/`, `contract/` and `node_modules/` are. */
  readonly root: string;
  /** Everything that belongs to this clone: `<root>/.local`, or `S3V_LOCAL_DIR`. */
  readonly local: string;
  /** `PULUMI_HOME` of local runs: plug-ins, credentials file and workspaces of their own. */
  readonly pulumiHome: string;
  /** State backend: `file://<state>`. */
  readonly state: string;
  /** Data of ministack: S3 objects and, after a proper stop, IAM, KMS, Lambda and bucket settings. */
  readonly ministackData: string;
  /** Data of S3 Vectors Local. */
  readonly s3VectorsData: string;
  readonly logs: string;
  /** Run file, exit records and locks of the supervisor. */
  readonly run: string;
  /** `HOME` of everything that runs locally: an empty one, so that no credentials are found in it. */
  readonly home: string;
  /** `TMPDIR` of ministack and what it starts. */
  readonly temporary: string;
  /** The user's cache directory for this package, or `S3V_CACHE_DIR`. */
  readonly cache: string;
}

/** @throws never; relative overrides are resolved against the current directory. */
export function localPaths(options: LocalPathsOptions = {}): LocalPaths {
  const environment = options.environment ?? process.env;
  const root = path.resolve(options.root ?? path.join(__dirname, '..'));
  const local = path.resolve(nonEmpty(environment['S3V_LOCAL_DIR']) ?? path.join(root, '.local'));
  const cache = path.resolve(
    nonEmpty(environment['S3V_CACHE_DIR']) ?? envPaths('pulumi-s3-vectors', { suffix: '' }).cache,
  );
  return {
    root,
    local,
    pulumiHome: path.join(local, 'pulumi-home'),
    state: path.join(local, 'state'),
    ministackData: path.join(local, 'data', 'ministack'),
    s3VectorsData: path.join(local, 'data', 's3-vectors'),
    logs: path.join(local, 'logs'),
    run: path.join(local, 'run'),
    home: path.join(local, 'home'),
    temporary: path.join(local, 'tmp'),
    cache,
  };
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value;
}
