// The environment variables by which a stack tells a service where its vectors are. Components set them,
// the runtime reads them; the spelling lives here.
export const ENVIRONMENT_VARIABLES = {
  /** Vector bucket of S3 Vectors. */
  vectorBucketName: 'S3_VECTOR_BUCKET_NAME',
  /** Index inside it. */
  vectorIndexName: 'S3_VECTOR_INDEX_NAME',
  /** S3 bucket of the older layout. */
  embeddingBucketName: 'VECTOR_BUCKET_NAME',
  /** Embedding model of Bedrock. */
  bedrockModelId: 'BEDROCK_MODEL_ID',
  /** The older spelling of the same, read when BEDROCK_MODEL_ID is not set. */
  embeddingModel: 'EMBEDDING_MODEL',
  /** Numbers in a vector. */
  vectorDimension: 'VECTOR_DIMENSION',
  /** Set by Lambda itself; App Runner must be given it. */
  region: 'AWS_REGION',
} as const;
