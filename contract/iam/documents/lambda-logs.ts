// Lets a function write its own log and no other.
import type { Place } from '../../arns';
import { policyDocument } from '../document';
import type { PolicyDocument } from '../document';

/** What a function's role needs for the log group that Lambda makes at the first call. */
export function lambdaLogsDocument(place: Place, functionName: string): PolicyDocument {
  const group = `arn:${place.partition}:logs:${place.region}:${place.accountId}:log-group:/aws/lambda/${functionName}`;
  return policyDocument({
    Sid: 'FunctionLog',
    Effect: 'Allow',
    Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: [group, `${group}:*`],
  });
}
