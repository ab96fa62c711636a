// An index of a vector bucket. Its shape can never be changed, so it is checked before anything is created and
// a later change is refused instead of replacing the index and losing its vectors.
import { Index } from '@pulumi/aws-native/s3vectors/index_';
import * as pulumi from '@pulumi/pulumi';
import { EPISODES_INDEX_NAME, EPISODES_SHAPE, indexShape, indexShapeProblems } from '../contract/index-shape';
import { indexNameProblems, vectorBucketNameProblems } from '../contract/names';
import { confirmedShape } from './actual-index-shape';
import { InputCheck, knownOf } from './checked-input';
import type { Known } from './checked-input';
import { dataProtection } from './data-protection';
import { metricOf, warnOfSpelling } from './distance-metric';
import type { DistanceMetric } from './distance-metric';
import { keyArnProblems } from './encryption';
import { adoptVectorIndex, createOrAdoptProblems } from './existing';
import { refuseChangeOf } from './immutable-inputs';
import { placeOf } from './place';
import { plainTagProblems, tagList } from './tags';

/** Recorded as the encryption of an index without a key of its own. */
const ENCRYPTED_AS_BUCKET = 'as the bucket';

/** An index that is there already; exactly one of both is given. */
export interface ExistingVectorIndex {
  /** Its name in the bucket `vectorBucketName`. Example: `episodes`. */
  name?: pulumi.Input<string>;
  /** Its ARN. Example: `arn:aws:s3vectors:us-east-1:123456789012:bucket/team-vectors/index/episodes`. */
  arn?: pulumi.Input<string>;
  /**
   * Whether the provider must not look at the index, because it is of another account or Region. Then what is
   * declared is not compared with what it is. Default: false.
   */
  unverified?: boolean;
}

export interface VectorIndexArgs {
  /** Name of the vector bucket that the index is in. Needed to create, and beside `existing.name`. Immutable. */
  vectorBucketName?: pulumi.Input<string>;
  /** Name of the index: 3–63 lower-case letters, digits, hyphens and dots. Needed to create. Example: `episodes`. Immutable. */
  indexName?: pulumi.Input<string>;
  /**
   * An index to use as it is: nothing is created or changed. Beside it stand dimension, metric and non-filterable
   * keys as the index has them; a difference is refused. Default: one is created.
   */
  existing?: ExistingVectorIndex;
  /** Numbers in every vector, 1–4096. Example: 3072. Immutable. */
  dimension: pulumi.Input<number>;
  /** How distance is measured: `cosine` or `euclidean`; in capitals is accepted with a warning. Immutable. */
  distanceMetric: pulumi.Input<DistanceMetric>;
  /**
   * Metadata keys that are stored and returned and cannot be filtered on: at most 10 of 1–63 characters.
   * Default: none, every key can be filtered on and counts towards its 2 KB. Immutable.
   */
  nonFilterableMetadataKeys?: pulumi.Input<pulumi.Input<string>[]>;
  /** ARN of a KMS key for this index alone. Default: the encryption of the bucket. Immutable. */
  encryptionKeyArn?: pulumi.Input<string>;
  /** Whether Pulumi may delete the index. Default: false, it is protected and retained. */
  disposable?: boolean;
  /** Tags of the index. Updated in place. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * An index of an Amazon S3 Vectors bucket, created or existing; its data type is float32, the only one there is.
 *
 * @example
 * new VectorIndex('notes', {
 *   vectorBucketName: bucket.vectorBucketName, indexName: 'notes', dimension: 1024, distanceMetric: 'cosine',
 * });
 */
export class VectorIndex extends pulumi.ComponentResource {
  /** Name of the index, known at preview. */
  readonly indexName: pulumi.Output<string>;
  /** ARN of the index. */
  readonly indexArn: pulumi.Output<string>;
  /** Name of the vector bucket that it is in. */
  readonly vectorBucketName: pulumi.Output<string>;
  /** Numbers in every vector. */
  readonly dimension: pulumi.Output<number>;
  /** `cosine` or `euclidean`. */
  readonly distanceMetric: pulumi.Output<string>;
  /** Metadata keys that cannot be filtered on. */
  readonly nonFilterableMetadataKeys: pulumi.Output<string[]>;

  /** @throws InvalidInputError listing every fault of the plain arguments. */
  constructor(name: string, args: VectorIndexArgs, opts?: pulumi.ComponentResourceOptions) {
    const type = 'pulumi-s3-vectors:index:VectorIndex';
    const subject = `VectorIndex "${name}"`;
    const { existing } = args;
    const check = new InputCheck(subject);
    check.add(
      createOrAdoptProblems(
        args,
        ['vectorBucketName', 'indexName'],
        ['vectorBucketName', 'dimension', 'distanceMetric', 'nonFilterableMetadataKeys'],
      ),
    );
    check.add(plainTagProblems(args.tags));
    const adopted =
      existing === undefined ? undefined : adoptVectorIndex(check, existing, args.vectorBucketName);
    // The bucket's name and the key usually come from resources: apart, so that they do not delay these checks.
    const shape = check.input(
      {
        ...(adopted === undefined && args.indexName === undefined
          ? {}
          : { indexName: adopted?.name ?? args.indexName ?? '' }),
        dimension: args.dimension,
        distanceMetric: args.distanceMetric,
        nonFilterableMetadataKeys: args.nonFilterableMetadataKeys ?? [],
      },
      namedShapeProblems,
      (plain) => {
        warnOfSpelling(subject, plain.distanceMetric);
        const distanceMetric = metricOf(plain.distanceMetric);
        return { indexName: plain.indexName ?? '', ...indexShape({ ...plain, distanceMetric }) };
      },
    );
    const vectorBucketName =
      adopted !== undefined || args.vectorBucketName === undefined
        ? pulumi.output('')
        : check.value(args.vectorBucketName, vectorBucketNameProblems);
    const encryption = check.input(
      { encryptionKeyArn: args.encryptionKeyArn },
      (known) => keyArnProblems(known.encryptionKeyArn),
      (plain) => plain.encryptionKeyArn ?? ENCRYPTED_AS_BUCKET,
    );
    check.refuse();
    if (existing !== undefined && adopted !== undefined) {
      super(type, name, { existing: adopted.name, vectorBucketName: adopted.vectorBucketName }, opts);
      const arn = adopted.arnIn(() => placeOf(this));
      const actual = existing.unverified === true ? shape : confirmedShape(subject, name, arn, shape, this);
      this.indexName = adopted.name;
      this.indexArn = pulumi.all([arn, actual]).apply(([confirmed]) => confirmed);
      this.vectorBucketName = adopted.vectorBucketName;
      this.dimension = actual.dimension;
      this.distanceMetric = actual.distanceMetric;
      this.nonFilterableMetadataKeys = actual.apply((plain) => [...plain.nonFilterableMetadataKeys]);
      this.registerOutputs(outputsOf(this));
      return;
    }
    const nonFilterableMetadataKeys = shape.apply((plain) => [...plain.nonFilterableMetadataKeys]);
    const inputs = {
      vectorBucketName,
      indexName: shape.indexName,
      dimension: shape.dimension,
      distanceMetric: shape.distanceMetric,
      nonFilterableMetadataKeys,
      encryption,
    };
    super(
      type,
      name,
      inputs,
      refuseChangeOf(
        subject,
        { names: Object.keys(inputs), leftOut: { encryption: ENCRYPTED_AS_BUCKET } },
        'All of this is fixed when an index is created, and replacing it would delete its vectors. Declare a ' +
          'second VectorIndex under another name, migrate the vectors into it, then remove this one.',
        opts,
      ),
    );

    const index = new Index(
      `${name}-index`,
      {
        vectorBucketName,
        indexName: shape.indexName,
        dataType: shape.dataType,
        dimension: shape.dimension,
        distanceMetric: shape.distanceMetric,
        // The service refuses an empty list: no keys are no configuration.
        ...(isEmptyList(args.nonFilterableMetadataKeys)
          ? {}
          : {
              metadataConfiguration: nonFilterableMetadataKeys.apply((keys) =>
                keys.length === 0 ? undefined : { nonFilterableMetadataKeys: keys },
              ),
            }),
        ...(args.encryptionKeyArn === undefined
          ? {}
          : { encryptionConfiguration: { sseType: 'aws:kms' as const, kmsKeyArn: encryption } }),
        ...tagList(args.tags),
      },
      { parent: this, ...dataProtection(args.disposable) },
    );

    this.indexName = pulumi
      .all([index.indexName, shape.indexName])
      .apply(([actual, wanted]) => actual ?? wanted);
    this.indexArn = index.indexArn;
    this.vectorBucketName = vectorBucketName;
    this.dimension = shape.dimension;
    this.distanceMetric = shape.distanceMetric;
    this.nonFilterableMetadataKeys = nonFilterableMetadataKeys;
    this.registerOutputs(outputsOf(this));
  }
}

/** What an index is made of, as far as its faults can be told before there is a bucket. */
interface NamedShape {
  readonly indexName?: pulumi.Input<string>;
  readonly dimension: pulumi.Input<number>;
  readonly distanceMetric: pulumi.Input<string>;
  readonly nonFilterableMetadataKeys?: pulumi.Input<pulumi.Input<string>[]>;
}

function namedShapeProblems(known: Known<NamedShape>): string[] {
  return [
    ...('indexName' in known ? indexNameProblems(known.indexName) : []),
    ...indexShapeProblems(
      'distanceMetric' in known
        ? { ...known, distanceMetric: metricOf(String(known.distanceMetric)) }
        : known,
    ),
  ];
}

/** Every fault of the arguments of an index as far as they are plain: what a `VectorIndex` would throw for. */
export function plainIndexProblems(
  args: NamedShape & Pick<VectorIndexArgs, 'encryptionKeyArn' | 'tags'>,
): string[] {
  const { indexName, dimension, distanceMetric, nonFilterableMetadataKeys, encryptionKeyArn, tags } = args;
  return [
    ...namedShapeProblems(
      knownOf({
        ...(indexName === undefined ? {} : { indexName }),
        dimension,
        distanceMetric,
        nonFilterableMetadataKeys: nonFilterableMetadataKeys ?? [],
      }),
    ),
    ...keyArnProblems(knownOf({ encryptionKeyArn }).encryptionKeyArn),
    ...plainTagProblems(tags),
  ];
}

function outputsOf(index: VectorIndex): pulumi.Inputs {
  const { indexName, indexArn, vectorBucketName, dimension, distanceMetric, nonFilterableMetadataKeys } =
    index;
  return { indexName, indexArn, vectorBucketName, dimension, distanceMetric, nonFilterableMetadataKeys };
}

/** What the episodes preset leaves open. */
export interface EpisodesIndexArgs {
  /** Name of the vector bucket that the index is made in. Immutable. */
  vectorBucketName: pulumi.Input<string>;
  /** ARN of a KMS key for this index alone. Default: the encryption of the bucket. Immutable. */
  encryptionKeyArn?: pulumi.Input<string>;
  /** Whether Pulumi may delete the index. Default: false, it is protected and retained. */
  disposable?: boolean;
  /** Tags of the index. Updated in place. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * The `episodes` index in one call: 3072 dimensions, cosine, `successful_prompt` and `why_it_worked` kept out of
 * filters.
 */
export function episodesIndex(
  name: string,
  args: EpisodesIndexArgs,
  opts?: pulumi.ComponentResourceOptions,
): VectorIndex {
  return new VectorIndex(
    name,
    {
      ...args,
      indexName: EPISODES_INDEX_NAME,
      dimension: EPISODES_SHAPE.dimension,
      distanceMetric: EPISODES_SHAPE.distanceMetric,
      nonFilterableMetadataKeys: [...EPISODES_SHAPE.nonFilterableMetadataKeys],
    },
    opts,
  );
}

function isEmptyList(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0);
}
