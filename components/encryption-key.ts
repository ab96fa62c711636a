// The KMS key of an environment: rotated, named by its alias, usable through S3 and S3 Vectors only, with the
// grant that S3 Vectors needs to maintain indexes.
import { Alias } from '@pulumi/aws/kms/alias';
import { Key } from '@pulumi/aws/kms/key';
import * as pulumi from '@pulumi/pulumi';
import { KEY_PROJECT_TAG } from '../contract/iam/documents/deployment';
import { keyPolicyDocument } from '../contract/iam/documents/key-policy';
import { refuse } from '../contract/invalid-input';
import { environmentProblems, keyAlias, projectProblems } from '../contract/names';
import { checked } from './checked-input';
import { dataProtection } from './data-protection';
import { knownDocument } from './known-document';
import { placeOf } from './place';

/** Days between a key's deletion being asked for and done (KMS API, ScheduleKeyDeletion: 7–30). */
const DELETION_WINDOW_DAYS = { kept: 30, disposable: 7 } as const;

export interface EncryptionKeyArgs {
  /** Project whose data the key encrypts. Example: `acme`. */
  project: pulumi.Input<string>;
  /** Environment whose data the key encrypts. Example: `prod`. */
  environment: pulumi.Input<string>;
  /**
   * ARNs of principals that may use the key through S3 and S3 Vectors without an IAM policy that says so, also of
   * other accounts. Default: none; IAM policies of the account decide. Updated in place.
   */
  userArns?: string[];
  /** Whether Pulumi may delete the key, with a waiting time of 7 days. Default: false, it is protected and retained. */
  disposable?: boolean;
  /** Tags of the key; `Project` is added, because the deployer's rights over keys are limited by it. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * A customer managed key with the alias `alias/${project}-${environment}-vector`.
 *
 * @example
 * const key = new EncryptionKey('key', { project: 'acme', environment: 'prod' });
 */
export class EncryptionKey extends pulumi.ComponentResource {
  /** ARN of the key: what buckets and indexes are encrypted with. */
  readonly keyArn: pulumi.Output<string>;
  /** Id of the key. */
  readonly keyId: pulumi.Output<string>;
  /** Name of the alias, known at preview. */
  readonly aliasName: pulumi.Output<string>;

  /** @throws InvalidInputError listing every fault of the plain arguments. */
  constructor(name: string, args: EncryptionKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    const subject = `EncryptionKey "${name}"`;
    const names = checked({ project: args.project, environment: args.environment }, (plain) => {
      refuse(subject, [...projectProblems(plain.project), ...environmentProblems(plain.environment)]);
      return { ...plain, alias: keyAlias(plain.project, plain.environment) };
    });
    super(
      'pulumi-s3-vectors:index:EncryptionKey',
      name,
      { project: names.project, environment: names.environment },
      opts,
    );

    const { userArns } = args;
    const key = new Key(
      `${name}-key`,
      {
        description: pulumi.interpolate`Vectors and embeddings of ${names.project} ${names.environment}`,
        enableKeyRotation: true,
        deletionWindowInDays:
          args.disposable === true ? DELETION_WINDOW_DAYS.disposable : DELETION_WINDOW_DAYS.kept,
        policy: pulumi.jsonStringify(
          knownDocument('keyPolicy', placeOf(this), {}, (place) => keyPolicyDocument(place, { userArns })),
        ),
        tags: pulumi
          .all([pulumi.output(args.tags ?? {}), names.project])
          .apply(([tags, project]) => ({ ...tags, [KEY_PROJECT_TAG]: project })),
      },
      { parent: this, ...dataProtection(args.disposable) },
    );
    const alias = new Alias(`${name}-alias`, { name: names.alias, targetKeyId: key.keyId }, { parent: this });

    this.keyArn = key.arn;
    this.keyId = key.keyId;
    this.aliasName = alias.name;
    this.registerOutputs({ keyArn: this.keyArn, keyId: this.keyId, aliasName: this.aliasName });
  }
}
