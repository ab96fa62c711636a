// The tags that every resource of a stack carries.
import * as pulumi from '@pulumi/pulumi';

/**
 * Tags that say whose a resource is; a person's own tags are added, and win.
 * @param key of the configuration, with its namespace, that the person's own are from: where it is a secret, so are
 * their values, in the state and wherever else they come.
 */
export function stackTags(
  own: { readonly project: string; readonly environment?: string; readonly stack: string },
  tags: Readonly<Record<string, string>>,
  key: string,
): Record<string, pulumi.Input<string>> {
  // Public in the SDK's code and left out of its types.
  const { isConfigSecret } = pulumi.runtime as unknown as {
    readonly isConfigSecret: (key: string) => boolean;
  };
  const isSecret = isConfigSecret(key);
  return {
    Project: own.project,
    ...(own.environment === undefined ? {} : { Environment: own.environment }),
    ManagedBy: 'pulumi',
    Stack: own.stack,
    ...(isSecret
      ? Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, pulumi.secret(value)]))
      : tags),
  };
}
