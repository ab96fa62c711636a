// The resource types of AWS::S3Vectors as data, in the names of @pulumi/aws-native: Cloud Control has the same
// names with a capital first letter. What the types may be is the SDK's; `replaces` equals the SDK classes'
// `replaceOnChanges`, which a test asserts.
import type { IndexArgs, VectorBucketArgs, VectorBucketPolicyArgs } from '@pulumi/aws-native/s3vectors';
import { list, number, object, string, type ObjectShape, type Shapes, type ShapesOf } from '../plugin/shape';

export interface NativeType {
  readonly token: string;
  /** As in Cloud Control's TypeName. */
  readonly typeName: string;
  readonly inputs: ObjectShape;
  /** Properties that only the service sets. */
  readonly readOnly: readonly string[];
  /** The name that is made up when the program gives none. */
  readonly autoNamed?: string;
  readonly lookup: {
    readonly token: string;
    /** The argument that holds the identifier. */
    readonly argument: string;
    readonly results: readonly string[];
  };
}

const tags = list(object({ key: string({ required: true }), value: string({ required: true }) }), {
  unordered: true,
});
const encryptionConfiguration = object({ kmsKeyArn: string(), sseType: string() }, { replaces: true });

const vectorBucketInputs: ShapesOf<VectorBucketArgs> = {
  encryptionConfiguration,
  tags,
  vectorBucketName: string({ replaces: true }),
};

const indexInputs: ShapesOf<IndexArgs> = {
  dataType: string({ required: true, replaces: true }),
  dimension: number({ required: true, replaces: true }),
  distanceMetric: string({ required: true, replaces: true }),
  encryptionConfiguration,
  indexName: string({ replaces: true }),
  metadataConfiguration: object(
    { nonFilterableMetadataKeys: list(string(), { unordered: true }) },
    { replaces: true },
  ),
  tags,
  vectorBucketArn: string({ replaces: true }),
  vectorBucketName: string({ replaces: true }),
};

const vectorBucketPolicyInputs: ShapesOf<Omit<VectorBucketPolicyArgs, 'policy'>> & { policy: ObjectShape } = {
  // The schema behind the SDK has an object without properties here, so that the real provider refuses every
  // policy: aws.s3.VectorsVectorBucketPolicy takes them.
  policy: object({}, { required: true }),
  vectorBucketArn: string({ replaces: true }),
  vectorBucketName: string({ replaces: true }),
};

const shapeOf = (inputs: object): ObjectShape => object(inputs as Shapes);

export const NATIVE_TYPES: readonly NativeType[] = [
  {
    token: 'aws-native:s3vectors:VectorBucket',
    typeName: 'AWS::S3Vectors::VectorBucket',
    inputs: shapeOf(vectorBucketInputs),
    readOnly: ['creationTime', 'vectorBucketArn'],
    autoNamed: 'vectorBucketName',
    lookup: {
      token: 'aws-native:s3vectors:getVectorBucket',
      argument: 'vectorBucketArn',
      results: ['creationTime', 'tags', 'vectorBucketArn'],
    },
  },
  {
    token: 'aws-native:s3vectors:Index',
    typeName: 'AWS::S3Vectors::Index',
    inputs: shapeOf(indexInputs),
    readOnly: ['creationTime', 'indexArn'],
    autoNamed: 'indexName',
    lookup: {
      token: 'aws-native:s3vectors:getIndex',
      argument: 'indexArn',
      results: ['creationTime', 'indexArn', 'tags'],
    },
  },
  {
    token: 'aws-native:s3vectors:VectorBucketPolicy',
    typeName: 'AWS::S3Vectors::VectorBucketPolicy',
    inputs: shapeOf(vectorBucketPolicyInputs),
    readOnly: [],
    lookup: {
      token: 'aws-native:s3vectors:getVectorBucketPolicy',
      argument: 'vectorBucketArn',
      results: ['policy'],
    },
  },
];
