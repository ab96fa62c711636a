// The protobuf well-known types, from the copy of google-protobuf that Pulumi's generated stubs use: the stubs
// check `instanceof` against that copy, so that another one would not do even if it had the same version.
import { createRequire } from 'node:module';
import type { ConfigureRequest } from '@pulumi/pulumi/proto/provider_pb';
import type { JsonObject } from './property-wire';

export type Struct = NonNullable<ReturnType<ConfigureRequest['getArgs']>>;
interface StructClass {
  fromJavaScript(value: JsonObject): Struct;
}
export type Empty = object;
export interface Any {
  pack(bytes: Uint8Array, name: string): void;
}

const pulumi = createRequire(require.resolve('@pulumi/pulumi/package.json'));
const structs = pulumi('google-protobuf/google/protobuf/struct_pb.js') as { Struct: StructClass };
const empties = pulumi('google-protobuf/google/protobuf/empty_pb.js') as { Empty: new () => Empty };

export const empty = (): Empty => new empties.Empty();

export const toStruct = (value: JsonObject): Struct => structs.Struct.fromJavaScript(value);

export const fromStruct = (struct: Struct | undefined): JsonObject =>
  struct === undefined ? {} : struct.toJavaScript();

/** The bytes of a message, wrapped as the error details of a gRPC status expect them. */
export function pack(bytes: Uint8Array, name: string): Any {
  // Loaded on the one path that needs it: start-up time is the user's.
  const anys = pulumi('google-protobuf/google/protobuf/any_pb.js') as { Any: new () => Any };
  const any = new anys.Any();
  any.pack(bytes, name);
  return any;
}
