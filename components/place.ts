// Where the provider in use works: asked of the provider itself, so that an explicit provider of another account
// or Region gives documents with its own ARNs. The answers of these invokes are known at preview.
import { getCallerIdentityOutput } from '@pulumi/aws/getCallerIdentity';
import { getPartitionOutput } from '@pulumi/aws/getPartition';
import { getRegionOutput } from '@pulumi/aws/getRegion';
import * as pulumi from '@pulumi/pulumi';
import type { Place } from '../contract/arns';

/** The place of the AWS provider that a component uses; of the default provider where none is given. */
export function placeOf(component?: pulumi.ComponentResource): pulumi.Output<Place> {
  const options = component === undefined ? {} : { parent: component };
  return pulumi
    .all([
      getPartitionOutput({}, options),
      getRegionOutput({}, options),
      getCallerIdentityOutput({}, options),
    ])
    .apply(([{ partition }, { region }, { accountId }]) => ({ partition, region, accountId }));
}
