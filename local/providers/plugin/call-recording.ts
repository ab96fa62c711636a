// What a stand-in calls, written down: one JSON line a call, in the file that S3V_RECORD_AWS_CALLS names. Tests judge
// these calls against the deployer's policies, since ministack itself lets everybody do everything.
import { appendFileSync } from 'node:fs';

/** The environment variable with the file's name; nothing is recorded without it. */
export const RECORDING_VARIABLE = 'S3V_RECORD_AWS_CALLS';

export interface RecordedCall {
  /** `IAM`, `S3`, `KMS`, … */
  readonly service: string;
  /** `CreateRole` */
  readonly operation: string;
  /** Without binary members, such as a function's code. */
  readonly input: Readonly<Record<string, unknown>>;
}

interface Recordable {
  middlewareStack: {
    add(
      middleware: (
        next: (args: never) => Promise<never>,
        context: { readonly clientName?: string; readonly commandName?: string },
      ) => (args: { input: unknown }) => Promise<never>,
      options: { step: 'initialize'; name: string; priority: 'high' },
    ): void;
  };
}

/** The client, writing down its calls where the environment asks for it. */
export function recorded<Client>(client: Client, file = process.env[RECORDING_VARIABLE]): Client {
  if (file === undefined || file === '') return client;
  (client as Recordable).middlewareStack.add(
    (next, { clientName = '', commandName = '' }) =>
      (args) => {
        const call: RecordedCall = {
          service: clientName.replace(/Client$/, ''),
          operation: commandName.replace(/Command$/, ''),
          input: args.input as RecordedCall['input'],
        };
        appendFileSync(file, `${JSON.stringify(call, withoutBytes)}\n`, { mode: 0o600 });
        return next(args as never);
      },
    { step: 'initialize', name: 'callRecording', priority: 'high' },
  );
  return client;
}

function withoutBytes(_name: string, value: unknown): unknown {
  return value instanceof Uint8Array ? undefined : value;
}
