// One form of tags for people, two for the providers: @pulumi/aws takes a map, aws-native a list.
import * as pulumi from '@pulumi/pulumi';
import { refuse } from '../contract/invalid-input';
import { tagProblems } from '../contract/tags';
import { isPlain, knownOf } from './checked-input';

/** Tags as components accept them. */
export type Tags = pulumi.Input<Record<string, pulumi.Input<string>>>;

/** Every fault of tags as far as they are plain; values that are outputs are judged once they are resolved. */
export function plainTagProblems(tags: Tags | undefined): string[] {
  if (tags === undefined || isOneOutput(tags)) return [];
  const absent = Object.fromEntries(Object.keys(tags).map((key) => [key, undefined]));
  return tagProblems({ ...absent, ...knownOf(tags) });
}

/**
 * The `tags` argument of @pulumi/aws; absent where there are none.
 * @throws InvalidInputError for plain tags that have a fault; inside the output for others.
 */
export function tagMap(tags: Tags | undefined): { tags?: Tags } {
  return tags === undefined ? {} : { tags: checkedTags(tags) };
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
    tags: pulumi.output(checkedTags(tags)).apply((map) => {
      const list = Object.entries(map).map(([key, value]) => ({ key, value }));
      list.sort((a, b) => (a.key < b.key ? -1 : 1));
      return list.length === 0 ? undefined : list;
    }),
  };
}

/** The same tags, each value as plain as it was: one that is not known yet keeps no other from being read. */
function checkedTags(tags: Tags): Tags {
  const judge = <T extends Record<string, string>>(plain: T): T => {
    refuse('tags', tagProblems(plain));
    return plain;
  };
  if (isOneOutput(tags)) return pulumi.output(tags).apply(judge);
  refuse('tags', plainTagProblems(tags));
  return Object.fromEntries(
    Object.entries(tags).map(([key, value]) => [
      key,
      isPlain(value)
        ? value
        : pulumi.output(value).apply((text: string) => judge({ [key]: text })[key] ?? ''),
    ]),
  );
}

function isOneOutput(tags: Tags): tags is pulumi.Output<Record<string, string>> {
  return pulumi.Output.isInstance(tags) || tags instanceof Promise;
}
