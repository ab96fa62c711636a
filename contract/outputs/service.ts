// What the sample service stack exports.
import { FieldReader } from '../field-reader';
import { functionArnRule, roleArnRule } from './arn-rules';

export interface ServiceOutputs {
  readonly functionName: string;
  readonly functionArn: string;
  readonly roleArn: string;
}

/**
 * Reads the outputs of a service stack.
 * @throws InvalidInputError naming every missing or malformed field.
 */
export function parseServiceOutputs(
  record: unknown,
  subject = 'outputs of the service stack',
): ServiceOutputs {
  const read = new FieldReader(subject, record);
  return read.finish({
    functionName: read.text('functionName'),
    functionArn: read.text('functionArn', functionArnRule),
    roleArn: read.text('roleArn', roleArnRule),
  });
}
