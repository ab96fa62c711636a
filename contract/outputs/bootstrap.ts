// What the bootstrap stack (once an account) promises to whoever references it.
import { FieldReader } from '../field-reader';
import { managedPolicyArnRule, roleArnRule } from './arn-rules';

export interface BootstrapOutputs {
  /** The role that CI assumes; absent where the stack was told to make none. */
  readonly githubDeployerRoleArn?: string;
  /** The permissions boundary that roles made by the deployer must carry; absent where there is no deployer. */
  readonly serviceBoundaryPolicyArn?: string;
  readonly s3VectorManagementPolicyArn: string;
  readonly s3VectorServiceAccessPolicyArn: string;
  readonly bedrockInvocationPolicyArn: string;
}

/**
 * Reads the outputs of the bootstrap stack.
 * @throws InvalidInputError naming every missing or malformed field.
 */
export function parseBootstrapOutputs(
  record: unknown,
  subject = 'outputs of the bootstrap stack',
): BootstrapOutputs {
  const read = new FieldReader(subject, record);
  const githubDeployerRoleArn = read.optionalText('githubDeployerRoleArn', roleArnRule);
  const serviceBoundaryPolicyArn = read.optionalText('serviceBoundaryPolicyArn', managedPolicyArnRule);
  return read.finish({
    ...(githubDeployerRoleArn === undefined ? {} : { githubDeployerRoleArn }),
    ...(serviceBoundaryPolicyArn === undefined ? {} : { serviceBoundaryPolicyArn }),
    s3VectorManagementPolicyArn: read.text('s3VectorManagementPolicyArn', managedPolicyArnRule),
    s3VectorServiceAccessPolicyArn: read.text('s3VectorServiceAccessPolicyArn', managedPolicyArnRule),
    bedrockInvocationPolicyArn: read.text('bedrockInvocationPolicyArn', managedPolicyArnRule),
  });
}
