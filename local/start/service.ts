// Talks to the deployed service as any caller would: by invoking its Lambda function.
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';

/** The function answered with an error, or with something that is no answer. */
export class ServiceCallError extends Error {
  override readonly name = 'ServiceCallError';
}

export interface ServiceCall {
  /** Sends one event and resolves to the answer's object. */
  invoke(event: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>;
  close(): void;
}

/** @param environment the local environment: Region, endpoint and credentials */
export function serviceCall(
  functionName: string,
  environment: Readonly<Record<string, string>>,
): ServiceCall {
  const client = new LambdaClient({
    region: required(environment, 'AWS_REGION'),
    endpoint: environment['AWS_ENDPOINT_URL_LAMBDA'] ?? required(environment, 'AWS_ENDPOINT_URL'),
    credentials: {
      accessKeyId: required(environment, 'AWS_ACCESS_KEY_ID'),
      secretAccessKey: required(environment, 'AWS_SECRET_ACCESS_KEY'),
    },
  });
  return {
    async invoke(event) {
      const answer = await client.send(
        new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(JSON.stringify(event)) }),
      );
      const text = answer.Payload?.transformToString() ?? '';
      if (answer.FunctionError !== undefined) {
        throw new ServiceCallError(
          `The function ${functionName} failed on "${String(event['op'])}": ${text.slice(0, 2000)}`,
        );
      }
      const parsed = parse(text);
      if (parsed === undefined) {
        throw new ServiceCallError(
          `The function ${functionName} answered "${String(event['op'])}" with no object: ${text.slice(0, 200)}`,
        );
      }
      return parsed;
    },
    close: () => client.destroy(),
  };
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function required(environment: Readonly<Record<string, string>>, name: string): string {
  const value = environment[name];
  if (value === undefined) throw new ServiceCallError(`${name} is missing in the local environment.`);
  return value;
}
