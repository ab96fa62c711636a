// Gives a service what it needs to use vectors: the runtime policies on its role, and the environment variables
// that the runtime library reads.
import { RolePolicyAttachment } from '@pulumi/aws/iam/rolePolicyAttachment';
import * as pulumi from '@pulumi/pulumi';
import { choiceProblems } from '../contract/choice';
import { ENVIRONMENT_VARIABLES } from '../contract/environment-variables';
import { dimensionProblems } from '../contract/index-shape';
import { indexNameProblems, s3BucketNameProblems, vectorBucketNameProblems } from '../contract/names';
import { arnProblems, policyArnRule } from '../contract/outputs/arn-rules';
import { InputCheck } from './checked-input';
import type { Known } from './checked-input';
import { placeOf } from './place';

/** What runs the service. */
export const ServiceHost = {
  /** Sets AWS_REGION itself, and refuses to be given it. */
  Lambda: 'lambda',
  /** Must be given AWS_REGION. */
  AppRunner: 'app-runner',
} as const;
export type ServiceHost = (typeof ServiceHost)[keyof typeof ServiceHost];

export interface ServiceAccessArgs {
  /** What runs the service. */
  host: ServiceHost;
  /** Name of the service's role, which the policies are attached to. */
  roleName: pulumi.Input<string>;
  /** ARN of the policy to read or read and write vectors. */
  vectorAccessPolicyArn: pulumi.Input<string>;
  /** ARN of the policy to invoke embedding models. Default: none is attached. */
  bedrockInvocationPolicyArn?: pulumi.Input<string>;
  /** ARN of the policy for objects of the older layout. Default: none is attached. */
  serviceAccessPolicyArn?: pulumi.Input<string>;
  /** Name of the vector bucket. */
  vectorBucketName: pulumi.Input<string>;
  /** Name of the index in it. */
  indexName: pulumi.Input<string>;
  /** Numbers in every vector of the index, 1–4096. */
  dimension: pulumi.Input<number>;
  /** Id of the embedding model. Default: the variable is not set. Example: `amazon.nova-2-multimodal-embeddings-v1:0`. */
  modelId?: pulumi.Input<string>;
  /** Name of the bucket of the older layout. Default: the variable is not set. */
  embeddingBucketName?: pulumi.Input<string>;
}

/**
 * Policy attachments of a service's role, and its environment variables.
 *
 * @example
 * const access = new ServiceAccess('access', {
 *   host: 'lambda', roleName: role.name, vectorAccessPolicyArn, vectorBucketName, indexName, dimension: 3072,
 * });
 * new aws.lambda.Function('search', { environment: { variables: access.environmentVariables }, … });
 */
export class ServiceAccess extends pulumi.ComponentResource {
  /** Environment variables for the service's configuration. */
  readonly environmentVariables: pulumi.Output<Record<string, string>>;

  /** @throws InvalidInputError listing every fault of the plain arguments. */
  constructor(name: string, args: ServiceAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    const subject = `ServiceAccess "${name}"`;
    const { vectorBucketName, indexName, dimension, modelId, embeddingBucketName } = args;
    const check = new InputCheck(subject);
    check.add(choiceProblems('host', args.host, Object.values(ServiceHost)));
    const roleName = check.value(args.roleName, roleNameProblems);
    const policies = (
      [
        ['vectors', 'vectorAccessPolicyArn'],
        ['bedrock', 'bedrockInvocationPolicyArn'],
        ['objects', 'serviceAccessPolicyArn'],
      ] as const
    ).flatMap(([suffix, input]) => {
      const policyArn = args[input];
      if (policyArn === undefined && input !== 'vectorAccessPolicyArn') return [];
      return {
        suffix,
        policyArn: check.value(policyArn ?? '', (plain) => arnProblems(input, plain, policyArnRule)),
      };
    });
    const settings = check.input(
      { vectorBucketName, indexName, dimension, modelId, embeddingBucketName },
      settingsProblems,
      (plain) => plain,
    );
    check.refuse();
    super('pulumi-s3-vectors:index:ServiceAccess', name, { host: args.host, roleName }, opts);

    for (const { suffix, policyArn } of policies) {
      new RolePolicyAttachment(
        `${name}-${suffix}-attachment`,
        { role: roleName, policyArn },
        { parent: this },
      );
    }

    const region = args.host === ServiceHost.AppRunner ? placeOf(this).region : undefined;
    this.environmentVariables = pulumi.all([settings, region]).apply(([plain, ownRegion]) =>
      withoutAbsent({
        [ENVIRONMENT_VARIABLES.vectorBucketName]: plain.vectorBucketName,
        [ENVIRONMENT_VARIABLES.vectorIndexName]: plain.indexName,
        [ENVIRONMENT_VARIABLES.vectorDimension]: String(plain.dimension),
        [ENVIRONMENT_VARIABLES.bedrockModelId]: plain.modelId,
        [ENVIRONMENT_VARIABLES.embeddingBucketName]: plain.embeddingBucketName,
        [ENVIRONMENT_VARIABLES.region]: ownRegion,
      }),
    );
    this.registerOutputs({ environmentVariables: this.environmentVariables });
  }
}

type Settings = Pick<
  ServiceAccessArgs,
  'vectorBucketName' | 'indexName' | 'dimension' | 'modelId' | 'embeddingBucketName'
>;

function settingsProblems(known: Known<Settings>): string[] {
  const { embeddingBucketName } = known;
  return [
    ...('vectorBucketName' in known ? vectorBucketNameProblems(known.vectorBucketName) : []),
    ...('indexName' in known ? indexNameProblems(known.indexName) : []),
    ...('dimension' in known ? dimensionProblems(known.dimension) : []),
    ...(known.modelId === '' ? ['modelId is empty; name a model, or leave it out.'] : []),
    ...(embeddingBucketName === undefined
      ? []
      : s3BucketNameProblems(embeddingBucketName, 'embeddingBucketName')),
  ];
}

/** IAM API, `roleNameType`: attachments take the name of a role, never its ARN. */
function roleNameProblems(roleName: string | undefined): string[] {
  if (roleName?.startsWith('arn:') === true) {
    const name = roleName.slice(roleName.lastIndexOf('/') + 1);
    return [`roleName "${roleName}" is an ARN; give the name of the role, "${name}".`];
  }
  return /^[\w+=,.@-]{1,64}$/.test(roleName ?? '')
    ? []
    : [`roleName "${roleName}" must be the name of a role: 1 to 64 letters, digits and _ + = , . @ -.`];
}

function withoutAbsent(variables: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
