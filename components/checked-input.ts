// Applies a rule of the contract to inputs: at once where all of them are plain values, so that a mistake throws
// where it was written; inside `apply` where one is an output, so that it stops the resource that needs it.
import * as pulumi from '@pulumi/pulumi';

/**
 * The result of `rule` on the resolved inputs.
 * @throws whatever `rule` throws, when every input is plain.
 */
export function checked<T extends object, R>(
  inputs: T,
  rule: (plain: pulumi.Unwrap<T>) => R,
): pulumi.Output<pulumi.Unwrap<R>> {
  // Nothing is left to unwrap in a plain value: Unwrap<T> is then T itself.
  if (isPlain(inputs)) return pulumi.output(rule(inputs as unknown as pulumi.Unwrap<T>));
  return pulumi.output(inputs).apply((plain) => rule(plain) as pulumi.Input<R>) as pulumi.Output<
    pulumi.Unwrap<R>
  >;
}

/** Whether no output and no promise is anywhere inside a value. */
export function isPlain(value: unknown): boolean {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return false;
  if (Array.isArray(value)) return value.every(isPlain);
  if (typeof value === 'object' && value !== null) return Object.values(value).every(isPlain);
  return true;
}
