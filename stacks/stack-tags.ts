// The tags that every resource of a stack carries.

/** Tags that say whose a resource is; a person's own tags are added, and win. */
export function stackTags(
  own: { readonly project: string; readonly environment?: string; readonly stack: string },
  tags: Readonly<Record<string, string>>,
): Record<string, string> {
  return {
    Project: own.project,
    ...(own.environment === undefined ? {} : { Environment: own.environment }),
    ManagedBy: 'pulumi',
    Stack: own.stack,
    ...tags,
  };
}
