// Tags as @pulumi/aws has them: `tags` are the resource's own, `tagsAll` what the service holds, default tags of
// the provider included.
import type { Tags } from './session';

/** The resource's own tags win over the provider's. */
export const allTags = (defaults: Tags, own: Tags | undefined): Tags => ({ ...defaults, ...own });

/** The service's tags without those that are there only because of the provider's default tags. */
export function ownTags(all: Tags, defaults: Tags, before: Tags | undefined): Tags {
  return Object.fromEntries(
    Object.entries(all).filter(([key, value]) => defaults[key] !== value || before?.[key] === value),
  );
}

/** A list of tags as the services return it. AWS's own `aws:` tags are nobody's business here. */
export function tagMap(list: readonly { Key?: string; Value?: string }[] | undefined): Tags {
  return Object.fromEntries(
    (list ?? [])
      .filter(({ Key }) => Key !== undefined && !Key.startsWith('aws:'))
      .map(({ Key, Value }) => [Key ?? '', Value ?? '']),
  );
}

export const tagList = (tags: Tags): { Key: string; Value: string }[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

export interface TagChanges {
  readonly set: Tags;
  readonly remove: string[];
}

/** The tags that there are after a change. */
export const tagsAfter = (before: Tags | undefined, { set, remove }: TagChanges): Tags =>
  Object.fromEntries(Object.entries({ ...before, ...set }).filter(([key]) => !remove.includes(key)));

/** What to set and what to take away to get from one set of tags to the other. */
export function tagChanges(before: Tags, after: Tags): TagChanges {
  return {
    set: Object.fromEntries(Object.entries(after).filter(([key, value]) => before[key] !== value)),
    remove: Object.keys(before).filter((key) => after[key] === undefined),
  };
}
