// What a running service is told by its environment variables (contract/environment-variables).
import { ENVIRONMENT_VARIABLES } from '../../contract/environment-variables';
import { refuse } from '../../contract/invalid-input';
import { DIMENSION } from '../../contract/index-shape';
import { indexNameProblems, vectorBucketNameProblems } from '../../contract/names';

export interface ServiceEnvironment {
  readonly vectorBucketName: string;
  readonly vectorIndexName: string;
  readonly region: string;
  /** Embedding model of Bedrock. */
  readonly modelId: string;
  /** Undefined: the model's default. */
  readonly dimension: number | undefined;
  /** S3 bucket of the older layout, where the service uses one. */
  readonly embeddingBucketName: string | undefined;
}

/** @throws InvalidInputError naming every variable that is missing or malformed */
export function serviceEnvironment(env: NodeJS.ProcessEnv = process.env): ServiceEnvironment {
  const problems: string[] = [];
  const optional = (variable: string): string | undefined => {
    const value = env[variable]?.trim();
    return value === '' ? undefined : value;
  };
  const required = (variable: string, what: string, problemsOf?: (value: string) => string[]): string => {
    const value = optional(variable);
    if (value === undefined) problems.push(`${variable} is not set; it must hold ${what}.`);
    else problems.push(...(problemsOf?.(value) ?? []).map((problem) => `${variable}: ${problem}`));
    return value ?? '';
  };
  const names = ENVIRONMENT_VARIABLES;

  const modelId = optional(names.bedrockModelId) ?? optional(names.embeddingModel);
  if (modelId === undefined) {
    problems.push(
      `${names.bedrockModelId} is not set (nor ${names.embeddingModel}); it must hold the id of a Bedrock embedding model.`,
    );
  }
  const dimensionText = optional(names.vectorDimension);
  const dimension = dimensionText === undefined ? undefined : Number(dimensionText);
  if (
    dimension !== undefined &&
    !(Number.isInteger(dimension) && dimension >= DIMENSION.min && dimension <= DIMENSION.max)
  ) {
    problems.push(
      `${names.vectorDimension} is "${dimensionText ?? ''}"; it must be a whole number from ${DIMENSION.min} to ${DIMENSION.max}.`,
    );
  }
  const settings = {
    vectorBucketName: required(
      names.vectorBucketName,
      'the vector bucket (stack output vectorBucketName)',
      vectorBucketNameProblems,
    ),
    vectorIndexName: required(
      names.vectorIndexName,
      'the index (stack output episodeIndexName)',
      indexNameProblems,
    ),
    region: required(names.region, 'the AWS Region (Lambda sets it, App Runner must be given it)'),
    modelId: modelId ?? '',
    dimension,
    embeddingBucketName: optional(names.embeddingBucketName),
  };
  refuse('environment variables', problems);
  return settings;
}
