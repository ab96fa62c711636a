// Which AWS service may run as a service's role.
import { policyDocument } from '../document';
import type { PolicyDocument } from '../document';

/** The principals under which services run code for us. */
export const SERVICE_PRINCIPALS = {
  lambda: 'lambda.amazonaws.com',
  appRunner: 'tasks.apprunner.amazonaws.com',
} as const;

/** The trust policy of a role that one AWS service assumes. */
export function serviceTrustDocument(service: keyof typeof SERVICE_PRINCIPALS): PolicyDocument {
  return policyDocument({
    Sid: 'ServiceTrust',
    Effect: 'Allow',
    Principal: { Service: SERVICE_PRINCIPALS[service] },
    Action: 'sts:AssumeRole',
  });
}
