// The local cloud: ministack and S3 Vectors Local as two supervised processes on loopback.
export { bringDown, type BringDownOptions, type BroughtDown } from './bring-down';
export { bringUp, readCloud, type BringUpOptions } from './bring-up';
export {
  localEnvironment,
  type Environment,
  type LocalEnvironmentOptions,
  type ToolchainParts,
} from './environment';
export { describeEnd, watchCloud, type CloudWatch, type WatchOptions } from './monitor';
export { resetCloud, resetDirectories } from './reset';
export { stacksRefreshed } from './run-file';
export { readStatus, type StatusOptions } from './status';
export type { BroughtUp, Cloud, CloudStatus, RunningService, ServiceName, ServiceStatus } from './types';
export { CloudError, SERVICE_NAMES } from './types';
