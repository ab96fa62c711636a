// What a stand-in for a model does.

export interface Invocation {
  /** The response body, in the form of the real model. */
  readonly response: object;
  /** Estimated tokens, for the header that Bedrock sends. */
  readonly inputTokens: number;
}

export interface StandInModel {
  /** Bedrock's model id. */
  readonly id: string;
  /** @throws ModelError for a body that the model would refuse */
  invoke(body: unknown): Invocation;
}
