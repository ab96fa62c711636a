// Stack outputs inside another Pulumi program, by a StackReference. Types only: the runtime never loads Pulumi.
import type { Output } from '@pulumi/pulumi';
import { outputsFrom } from './outputs-json';
import type { OutputsParser } from './outputs-json';

/** What is needed of a `pulumi.StackReference`. */
export interface StackReferenceLike {
  readonly outputs: Output<Record<string, unknown>>;
}

/**
 * The typed outputs of the referenced stack, with Pulumi's tracking of what is unknown and secret.
 * A missing or malformed field fails the program with an InvalidInputError that names it and the stack.
 * @param name the referenced stack, for messages: `organization/s3-vectors/dev`
 */
export function outputsOfReference<Outputs>(
  reference: StackReferenceLike,
  parse: OutputsParser<Outputs>,
  name: string,
): Output<Outputs> {
  return reference.outputs.apply<Outputs>(
    (record) => outputsFrom(record, parse, `outputs of stack ${name}`) as never,
  );
}
