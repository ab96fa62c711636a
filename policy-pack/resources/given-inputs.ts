// What a program gave to its resources. A stack validation sees the outputs of a resource, and during a preview an input
// that the program left out and the provider fills in (a bucket's policy, a role's managed policies) is unknown among
// them, as one is that the program gave and nobody knows yet. The validation of the resource by itself sees the inputs,
// and runs first in the same process: what it saw tells the two apart.
//
// Sources: pulumi/pulumi, pkg/resource/deploy/step_generator.go: Analyze is called with `Properties: inputs`, AnalyzeStack
// with `Properties: v.Outputs`.
import { isUnknown, type Properties } from './known';

/** Inputs that @pulumi/aws computes where they are left out: nothing is set there by the program then. */
const COMPUTED_INPUTS: Readonly<Record<string, readonly string[]>> = {
  'aws:s3/bucket:Bucket': ['policy', 'versioning', 'lifecycleRules', 'serverSideEncryptionConfiguration'],
  'aws:s3/bucketV2:BucketV2': [
    'policy',
    'versionings',
    'lifecycleRules',
    'serverSideEncryptionConfigurations',
  ],
  'aws:s3/accessPoint:AccessPoint': ['policy'],
  'aws:iam/role:Role': ['managedPolicyArns', 'inlinePolicies'],
  'aws:kms/key:Key': ['policy'],
  'aws:kms/replicaKey:ReplicaKey': ['policy'],
  'aws:kms/externalKey:ExternalKey': ['policy'],
  'aws:kms/replicaExternalKey:ReplicaExternalKey': ['policy'],
};

/** Names of the inputs of the resources that this process has seen. */
export class GivenInputs {
  private readonly byUrn = new Map<string, ReadonlySet<string>>();

  remember(urn: string, inputs: Properties): void {
    this.byUrn.set(urn, new Set(Object.keys(inputs)));
  }

  forget(): void {
    this.byUrn.clear();
  }

  /** The outputs without what is unknown only because the program left it to the provider. */
  withoutComputed(urn: string, type: string, outputs: Properties): Properties {
    const given = this.byUrn.get(urn);
    const computed = COMPUTED_INPUTS[type];
    if (given === undefined || computed === undefined) return outputs;
    return Object.fromEntries(
      Object.entries(outputs).filter(
        ([property, value]) => !(isUnknown(value) && computed.includes(property) && !given.has(property)),
      ),
    );
  }
}

/** Of the preview or update that this process serves. */
export const givenInputs = new GivenInputs();
