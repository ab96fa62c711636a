// Vectors, objects and keys are data: Pulumi neither deletes nor replaces what holds them, unless an environment
// was declared disposable.
import type * as pulumi from '@pulumi/pulumi';

/**
 * Options of a resource that holds data. Where the environment is disposable nothing is set, so that a person's
 * own `protect` on the component still reaches its children.
 */
export function dataProtection(
  disposable: boolean | undefined,
): Pick<pulumi.ResourceOptions, 'protect' | 'retainOnDelete'> {
  return disposable === true ? {} : { protect: true, retainOnDelete: true };
}
