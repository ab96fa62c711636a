// Bedrock's refusals, in its own words where they are known.

export class ModelError extends Error {
  constructor(
    override readonly name:
      | 'ValidationException'
      | 'ResourceNotFoundException'
      | 'AccessDeniedException'
      | 'UnrecognizedClientException'
      | 'ExpiredTokenException'
      | 'ServiceUnavailableException',
    message: string,
  ) {
    super(message);
  }
}

/** A body that breaks the model's request schema, as Bedrock words it; all problems in one message. */
export function malformed(problems: readonly string[]): ModelError {
  return new ModelError(
    'ValidationException',
    `Malformed input request: ${problems.map((problem) => `#${problem}`).join(', ')}, please reformat your input and try again.`,
  );
}
