// The tool chain of a local run: the Pulumi CLI with its language host and plug-ins, and ministack in a Python
// environment of its own.
export { ensureMinistack, type MinistackEnvironment } from './ministack-environment';
export { ensurePulumi, type PulumiCli } from './pulumi-cli';
export { PrerequisiteError } from './prerequisite-error';
export { ensureToolchain, findToolchain, type Toolchain, type ToolchainOptions } from './toolchain';
