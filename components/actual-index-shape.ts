// The shape that an adopted index really has. Everything built on an index believes what its component says, so what
// is declared beside `existing` is compared with the index before anything uses it.
import { Index } from '@pulumi/aws-native/s3vectors/index_';
import * as pulumi from '@pulumi/pulumi';
import { isDistanceMetric, shapeDifferences } from '../contract/index-shape';
import type { IndexShape } from '../contract/index-shape';
import { refuse } from '../contract/invalid-input';

/**
 * The declared shape, once the index is known to have it. At a preview that does not know the ARN yet nothing is read.
 * @throws InvalidInputError, inside the output, listing every difference.
 */
export function confirmedShape(
  subject: string,
  name: string,
  indexArn: pulumi.Output<string>,
  declared: pulumi.Output<IndexShape>,
  parent: pulumi.Resource,
): pulumi.Output<IndexShape> {
  const index = Index.get(`${name}-existing`, indexArn, { parent });
  return pulumi
    .all([declared, indexArn, index.dimension, index.distanceMetric, index.metadataConfiguration])
    .apply(([wanted, arn, dimension, distanceMetric, metadata]) => {
      // Mocks in other people's tests answer a read with nothing; the service always has both.
      if ((dimension as number | undefined) === undefined || !isDistanceMetric(distanceMetric)) return wanted;
      const actual: IndexShape = {
        dimension,
        distanceMetric,
        dataType: wanted.dataType,
        nonFilterableMetadataKeys: metadata?.nonFilterableMetadataKeys ?? [],
      };
      refuse(
        subject,
        shapeDifferences(actual, wanted).map((difference) => `${arn} is not as declared: ${difference}.`),
      );
      return wanted;
    });
}
