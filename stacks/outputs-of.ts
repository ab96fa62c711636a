// The exports of a stack, held against the contract that readers of the stack rely on.
import type * as pulumi from '@pulumi/pulumi';

/** What a stack exports so that its outputs resolve to `T`; optional outputs may be undefined and are then absent. */
export type OutputsOf<T> = { readonly [K in keyof T]: pulumi.Input<T[K]> };
