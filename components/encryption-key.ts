// The KMS key of an environment: rotated, named by its alias, usable through S3 and S3 Vectors only, with the
// grant that S3 Vectors needs to maintain indexes.
import { Alias } from '@pulumi/aws/kms/alias';
import { Key } from '@pulumi/aws/kms/key';
import * as pulumi from '@pulumi/pulumi';
import { KEY_ENVIRONMENT_TAG, KEY_PROJECT_TAG } from '../contract/iam/documents/deployment';
import { keyPolicyDocument, keyPrincipalProblems } from '../contract/iam/documents/key-policy';
import { environmentProblems, keyAlias, projectProblems } from '../contract/names';
import { InputCheck } from './checked-input';
import { dataProtection } from './data-protection';
import { keyArnProblems } from './encryption';
import { createOrAdoptProblems, given } from './existing';
import { knownDocument } from './known-document';
import { placeOf } from './place';
import { plainTagProblems } from './tags';

/** Days between a key's deletion being asked for and done (KMS API, ScheduleKeyDeletion: 7–30). */
const DELETION_WINDOW_DAYS = { kept: 30, disposable: 7 } as const;

/** A key that is there already. Its policy must let `indexing.s3vectors.amazonaws.com` decrypt. */
export interface ExistingEncryptionKey {
  /** Its ARN: an alias or a bare id is refused, as S3 Vectors refuses them. Example: `arn:aws:kms:us-east-1:123456789012:key/1234abcd-…`. */
  arn: pulumi.Input<string>;
  /** Name of its alias. Default: the output `aliasName` is absent. Example: `alias/team-key`. */
  aliasName?: pulumi.Input<string>;
}

export interface EncryptionKeyArgs {
  /** Project whose data the key encrypts. Needed to create. Example: `acme`. */
  project?: pulumi.Input<string>;
  /** Environment whose data the key encrypts. Needed to create. Example: `prod`. */
  environment?: pulumi.Input<string>;
  /** A key to use as it is: nothing is created or changed, and no other argument is given. Default: one is created. */
  existing?: ExistingEncryptionKey;
  /**
   * ARNs of principals that administer the key without an IAM policy that says so, also of other accounts; none of
   * them may be among `userArns`. Default: none; IAM policies of the account decide. Updated in place.
   */
  administratorArns?: string[];
  /**
   * ARNs of principals that may use the key through S3 and S3 Vectors without an IAM policy that says so, also of
   * other accounts. Default: none; IAM policies of the account decide. Updated in place.
   */
  userArns?: string[];
  /** Whether Pulumi may delete the key, with a waiting time of 7 days. Default: false, it is protected and retained. */
  disposable?: boolean;
  /** Tags of the key; `Project` and `Environment` are added and win: the deployer's rights over keys hang on them. Updated in place. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * A customer managed key with the alias `alias/${project}-${environment}-vector`, or one that exists.
 *
 * @example
 * const key = new EncryptionKey('key', { project: 'acme', environment: 'prod' });
 */
export class EncryptionKey extends pulumi.ComponentResource {
  /** ARN of the key: what buckets and indexes are encrypted with. */
  readonly keyArn: pulumi.Output<string>;
  /** Id of the key. */
  readonly keyId: pulumi.Output<string>;
  /** Name of the alias, known at preview; absent for an existing key that was given without one. */
  readonly aliasName: pulumi.Output<string | undefined>;

  /** @throws InvalidInputError listing every fault of the plain arguments. */
  constructor(name: string, args: EncryptionKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    const type = 'pulumi-s3-vectors:index:EncryptionKey';
    const subject = `EncryptionKey "${name}"`;
    const { existing, userArns, administratorArns } = args;
    const check = new InputCheck(subject);
    check.add(createOrAdoptProblems(args, ['project', 'environment']));
    if (existing !== undefined) {
      const keyArn = check.value(existing.arn, (plain) => keyArnProblems(plain ?? '', 'existing.arn'));
      const aliasName = check.value<string | undefined>(existing.aliasName, aliasNameProblems);
      check.refuse();
      super(type, name, { existing: keyArn }, opts);
      this.keyArn = keyArn;
      this.keyId = keyArn.apply((arn) => arn.slice(arn.indexOf(':key/') + ':key/'.length));
      this.aliasName = aliasName;
      this.registerOutputs({ keyArn: this.keyArn, keyId: this.keyId, aliasName: this.aliasName });
      return;
    }
    check.add(keyPrincipalProblems({ userArns, administratorArns }));
    check.add(plainTagProblems(args.tags));
    const names = check.input(
      given({ project: args.project, environment: args.environment }),
      (known) => [
        ...('project' in known ? projectProblems(known.project) : []),
        ...('environment' in known ? environmentProblems(known.environment) : []),
      ],
      (plain) => ({ ...plain, alias: keyAlias(plain.project, plain.environment) }),
    );
    check.refuse();
    super(type, name, { project: names.project, environment: names.environment }, opts);

    const key = new Key(
      `${name}-key`,
      {
        description: pulumi.interpolate`Vectors and embeddings of ${names.project} ${names.environment}`,
        enableKeyRotation: true,
        deletionWindowInDays:
          args.disposable === true ? DELETION_WINDOW_DAYS.disposable : DELETION_WINDOW_DAYS.kept,
        policy: pulumi.jsonStringify(
          knownDocument('keyPolicy', placeOf(this), {}, (place) =>
            keyPolicyDocument(place, { userArns, administratorArns }),
          ),
        ),
        tags: pulumi.all([pulumi.output(args.tags ?? {}), names]).apply(([tags, own]) => ({
          ...tags,
          [KEY_PROJECT_TAG]: own.project,
          [KEY_ENVIRONMENT_TAG]: own.environment,
        })),
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

/** KMS API, `AliasNameType`. */
function aliasNameProblems(aliasName: string | undefined): string[] {
  return aliasName === undefined || /^alias\/[a-zA-Z0-9/_-]+$/.test(aliasName)
    ? []
    : [`existing.aliasName "${aliasName}" must be written alias/name.`];
}
