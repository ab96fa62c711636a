// The typed outputs of another stack, or one message that names the stack and every field that is wrong.
import * as pulumi from '@pulumi/pulumi';

/**
 * Reads the outputs before anything is declared that needs them: they are there already, also at preview.
 * @param name logical name of the reference: two may lead to the same stack.
 * @param stack full name, `organization/project/stack`.
 * @param parse a parser of contract/outputs.
 * @throws InvalidInputError naming the stack and every missing or malformed output.
 */
export async function stackOutputs<T>(
  name: string,
  stack: string,
  parse: (record: unknown, subject: string) => T,
): Promise<T> {
  const reference = new pulumi.StackReference(name, { name: stack });
  const record = await new Promise<unknown>((resolve) => {
    reference.outputs.apply((outputs: unknown) => {
      resolve(outputs);
    });
  });
  const remedy = "deploy that stack first, or name another in this stack's configuration";
  return parse(record, `outputs of stack ${stack} (${remedy})`);
}
