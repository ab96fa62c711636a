// The managed policy of the layer that runs: it reads and writes embeddings of the older layout and never administers.
import * as pulumi from '@pulumi/pulumi';
import { serviceAccessDocument } from '../contract/iam/documents/service-access';
import { environmentProblems, policyName, projectProblems } from '../contract/names';
import { InputCheck } from './checked-input';
import { keyArnProblems } from './encryption';
import { knownDocument } from './known-document';
import { managedPolicy } from './managed-policy';
import { placeOf } from './place';
import { plainTagProblems } from './tags';

export interface ServiceAccessPolicyArgs {
  /** Project whose names the policy is written against. Example: `acme`. */
  project: pulumi.Input<string>;
  /**
   * Environments that are covered: `${project}-${environment}-vector-*` each. Default: all of them,
   * `${project}-*-vector-*`. Name them where projects share an account and the beginning of their names.
   */
  environments?: string[];
  /**
   * ARNs of the keys of those buckets that have one of their own, whose use through S3 is then allowed: without it, KMS
   * refuses every Get and Put there. Default: no use of keys. Updated in place.
   */
  encryptionKeyArns?: pulumi.Input<string>[];
  /** Tags of the policy. Updated in place. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * The managed policy `${project}-s3-vector-service-access`: get, put, delete and list objects of what matches the names; creating and configuring is explicitly denied, in S3 and S3 Vectors.
 *
 * @example
 * new ServiceAccessPolicy('service-access', { project: 'acme', encryptionKeyArns: [key.keyArn] });
 */
export class ServiceAccessPolicy extends pulumi.ComponentResource {
  /** ARN of the managed policy. */
  readonly policyArn: pulumi.Output<string>;

  /** @throws InvalidInputError listing every fault of the plain arguments. */
  constructor(name: string, args: ServiceAccessPolicyArgs, opts?: pulumi.ComponentResourceOptions) {
    const { environments = [], encryptionKeyArns = [] } = args;
    const check = new InputCheck(`ServiceAccessPolicy "${name}"`);
    check.add(environments.flatMap(environmentProblems));
    check.add(plainTagProblems(args.tags));
    const project = check.value(args.project, projectProblems);
    const keys = encryptionKeyArns.map((encryptionKeyArn, at) =>
      check.value(encryptionKeyArn, (plain) => keyArnProblems(plain, `encryptionKeyArns[${at}]`)),
    );
    check.refuse();
    super('pulumi-s3-vectors:index:ServiceAccessPolicy', name, { project, environments }, opts);

    const policy = managedPolicy(this, `${name}-policy`, {
      policyName: project.apply(policyName.serviceAccess),
      description: 'Read, write and list embeddings as objects; no administration',
      document: knownDocument(
        'managed',
        placeOf(this),
        { project, ...Object.fromEntries(keys.map((key, at) => [keyText(at), key])) },
        (place, texts: { project: string; [key: string]: string }) =>
          serviceAccessDocument(
            place,
            { project: texts.project, environments },
            keys.map((_, at) => texts[keyText(at)] ?? ''),
          ),
      ),
      tags: args.tags,
    });

    this.policyArn = policy.arn;
    this.registerOutputs({ policyArn: this.policyArn });
  }
}

/** What a key is called among the texts of the document. */
function keyText(at: number): string {
  return `key ${at}`;
}
