// What a service imports. Each module can also be imported by itself; Bedrock's client is loaded with the first
// embedding, Pulumi never.
export { outputsFrom, outputsFromText } from './stack-outputs/outputs-json';
export { outputsFromFile, outputsFromPipe } from './stack-outputs/outputs-file';
export { outputsOfReference } from './stack-outputs/outputs-of-reference';
export type { StackReferenceLike } from './stack-outputs/outputs-of-reference';
export { outputsOfStack } from './stack-outputs/outputs-of-stack';
export type { StackSelection } from './stack-outputs/outputs-of-stack';
export { serviceEnvironment } from './stack-outputs/service-environment';
export type { ServiceEnvironment } from './stack-outputs/service-environment';
export { parseBootstrapOutputs } from '../contract/outputs/bootstrap';
export type { BootstrapOutputs } from '../contract/outputs/bootstrap';
export { parseServiceOutputs } from '../contract/outputs/service';
export type { ServiceOutputs } from '../contract/outputs/service';
export { parseStorageOutputs } from '../contract/outputs/storage';
export type { StorageOutputs } from '../contract/outputs/storage';

export { VectorStore } from './vector-store/vector-store';
export type {
  CallOptions,
  GetOptions,
  GetResult,
  QueryMatch,
  QueryOptions,
  StoredVector,
  VectorStoreOptions,
} from './vector-store/vector-store';
export type { PutOptions, PutProgress } from './vector-store/put-run';
export type { PutFailure, PutFailureCode, PutReport } from './vector-store/put-report';
export { PutError } from './vector-store/put-error';
export { DeleteError } from './vector-store/delete-error';
export type { DeleteReport } from './vector-store/delete-error';
export { VectorStoreError } from './vector-store/vector-store-error';
export type { VectorStoreErrorCode } from './vector-store/vector-store-error';
export type { IndexDescription } from './vector-store/index-description';
export type { QueryFilter } from './vector-store/query-filter';
export { float32Text, shortened } from './vector-store/float32-decimal';
export type { VectorRecord } from '../contract/vectors/record';
export type { Metadata } from '../contract/vectors/metadata';

export { embedderFor } from './embedders/embedder-for';
export type { EmbedderOptions } from './embedders/embedder-for';
export type {
  Embedder,
  Embedding,
  EmbeddingOutcome,
  EmbeddingPurpose,
  TruncationPolicy,
} from './embedders/embedder';
export { EmbeddingError } from './embedders/embedding-error';
export type { EmbeddingErrorCode } from './embedders/embedding-error';

export { EmbeddingService } from './embedding-service/embedding-service';
export type {
  EmbeddingServiceOptions,
  FoundDocument,
  SearchOptions,
  SearchResult,
} from './embedding-service/embedding-service';
export type { Document } from './embedding-service/document';
export { StoreError } from './embedding-service/store-report';
export type { DocumentOutcome, StoreReport } from './embedding-service/store-report';

export { serviceHandler } from './handler/service-handler';
export type { ServiceHandler, ServiceHandlerOptions } from './handler/service-handler';
export type { ServiceAnswer } from './handler/service-answer';
export type { ServiceRequest } from './handler/service-request';

export { pinoLog } from './logging/pino-log';
export type { Log } from './logging/log';
export { RuntimeError } from './runtime-error';
export { InvalidInputError } from '../contract/invalid-input';
