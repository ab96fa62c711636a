// Operations on the tags of vector buckets and indexes.
import type { Input } from '../model/inputs';
import { ServiceError } from '../service-error';
import type { Bucket, CatalogWriter, Index } from '../storage/catalog';
import { parseArn } from './references';
import type { Service } from './service';
import { checkTags } from './tag-rules';

type Tags = Readonly<Record<string, string>>;

export function listTagsForResource(service: Service, input: Input<'ListTagsForResource'>): object {
  return { tags: findResource(service, input.resourceArn).tags };
}

export function tagResource(service: Service, input: Input<'TagResource'>): Promise<object> {
  return changeTags(service, input.resourceArn, (tags) => {
    const resulting = { ...tags, ...input.tags };
    checkTags(input.tags, resulting);
    return resulting;
  });
}

/** Keys that the resource does not have are ignored. */
export function untagResource(service: Service, input: Input<'UntagResource'>): Promise<object> {
  return changeTags(service, input.resourceArn, (tags) =>
    Object.fromEntries(Object.entries(tags).filter(([key]) => !input.tagKeys.includes(key))),
  );
}

async function changeTags(
  service: Service,
  resourceArn: string,
  change: (tags: Tags) => Tags,
): Promise<object> {
  await service.storage.catalog.exclusively(async (writer: CatalogWriter) => {
    const resource = findResource(service, resourceArn);
    const tags = change(resource.tags);
    await ('shape' in resource
      ? writer.putIndex({ ...resource, tags })
      : writer.putBucket({ ...resource, tags }));
  });
  return {};
}

function findResource(service: Service, resourceArn: string): Bucket | Index {
  const names = parseArn(service, resourceArn);
  const { catalog } = service.storage;
  const resource =
    names?.indexName === undefined
      ? catalog.bucket(names?.bucketName ?? '')
      : catalog.index(names.bucketName, names.indexName);
  if (resource === undefined) {
    throw new ServiceError('NotFoundException', 'The specified resource could not be found');
  }
  return resource;
}
