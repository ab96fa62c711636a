// PutVectors with a body that is already encoded. The command goes through the SDK as ever (endpoint, credentials,
// signature, errors); only what its serializer wrote is replaced, before anything measures or signs it.
import { PutVectorsCommand } from '@aws-sdk/client-s3vectors';

/** A command whose body is `bytes`, which must be the JSON of a PutVectors request for the same index. */
export function encodedPutCommand(
  target: { readonly vectorBucketName: string; readonly indexName: string },
  bytes: Uint8Array,
): PutVectorsCommand {
  const command = new PutVectorsCommand({
    vectorBucketName: target.vectorBucketName,
    indexName: target.indexName,
    vectors: [],
  });
  command.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { body?: unknown; headers: Record<string, string> };
      request.body = bytes;
      return next(args);
    },
    // `build` follows `serialize`; high priority stands before the SDK's own step that sets content-length.
    { step: 'build', priority: 'high', name: 'encodedPutBody' },
  );
  return command;
}
