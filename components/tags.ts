// One form of tags for people, two for the providers: @pulumi/aws takes a map, aws-native a list.
import * as pulumi from '@pulumi/pulumi';

/** Tags as components accept them. */
export type Tags = pulumi.Input<Record<string, pulumi.Input<string>>>;

/** The `tags` argument of @pulumi/aws; absent where there are none. */
export function tagMap(tags: Tags | undefined): { tags?: Tags } {
  return tags === undefined ? {} : { tags };
}

/**
 * The `tags` argument of aws-native, sorted by key. No tags are `undefined` and never an empty list: the provider
 * fails on a change from some tags to `[]`.
 */
export function tagList(tags: Tags | undefined): {
  tags?: pulumi.Output<{ key: string; value: string }[] | undefined>;
} {
  if (tags === undefined) return {};
  return {
    tags: pulumi.output(tags).apply((map) => {
      const list = Object.entries(map).map(([key, value]) => ({ key, value }));
      list.sort((a, b) => (a.key < b.key ? -1 : 1));
      return list.length === 0 ? undefined : list;
    }),
  };
}
