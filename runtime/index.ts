// What a service imports. Each module can also be imported by itself; Bedrock's client is loaded with the first
// embedding, that of S3 with the first object, Pulumi never.
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
  DeleteWhereOptions,
  FindOptions,
  GetOptions,
  GetResult,
  ListedVector,
  ListOptions as VectorListOptions,
  QueryManyOptions,
  QueryMatch,
  QueryOptions,
  QueryOutcome,
  QueryRequest,
  StoredVector,
  VectorStoreOptions,
} from './vector-store/vector-store';
export { queryAcross } from './vector-store/query-across';
export type { IndexMatch, QueryAcrossOptions } from './vector-store/query-across';
export type { Duplicates, PutOptions, PutProgress } from './vector-store/put-run';
export type { PutFailure, PutFailureCode, PutReport, WrittenRecord } from './vector-store/put-report';
export { PutError } from './vector-store/put-error';
export { DeleteError } from './vector-store/delete-error';
export type { DeleteFailure, DeleteReport } from './vector-store/delete-error';
export type { DeleteWhereReport } from './vector-store/delete-where';
export { VectorStoreError } from './vector-store/vector-store-error';
export type { VectorStoreErrorCode } from './vector-store/vector-store-error';
export type { IndexDescription } from './vector-store/index-description';
export type { QueryFilter } from './vector-store/query-filter';
export { and, filterOf, or, where } from '../contract/vectors/filter-builder';
export type { BuiltFilter, KeyConditions, Where } from '../contract/vectors/filter-builder';
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
export { CallRate } from './embedders/call-rate';
export type { ModelQuota } from './embedders/call-rate';
export { cachedEmbedder } from './embedders/cached-embedder';
export type { CacheEntry, EmbeddingCache } from './embedders/embedding-cache';
export { memoryCache } from './embedders/memory-cache';
export { folderCache } from './embedders/folder-cache';
export { archiveCache } from './embedders/archive-cache';

export { EmbeddingArchive } from './embedding-archive/embedding-archive';
export type {
  ArchiveMatch,
  ArchiveSearchOptions,
  ArchiveSearchResult,
  EmbeddingArchiveOptions,
  ListOptions,
} from './embedding-archive/embedding-archive';
export type { ArchiveEntry } from './embedding-archive/object-pairs';
export { readArchivedEmbedding, writeArchivedEmbedding } from './embedding-archive/archived-embedding';
export type { ArchivedEmbedding, JsonObject, NewEmbedding } from './embedding-archive/archived-embedding';
export { ArchiveError } from './embedding-archive/archive-error';
export type { ArchiveErrorCode } from './embedding-archive/archive-error';

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

export { migrate } from './migration/migrate';
export type { MigrateOptions } from './migration/migrate';
export type { MigrationProgress } from './migration/migration-run';
export type { ItemFailure, MigrationReport } from './migration/migration-report';
export type { MigrationSource, SourceItem, WantedItems } from './migration/migration-source';
export type { SourceRecord } from './records/source-record';
export { MigrationError } from './migration/migration-error';
export { archiveSource } from './migration/archive-source';
export { folderSource } from './migration/folder-source';
export { jsonlSource } from './migration/jsonl-source';
export { checkpointFile, checkpointObject } from './migration/checkpoint-file';
export { failedItems, readFailures } from './migration/failure-file';
export { dryRun } from './migration/dry-run';
export type { DryRunOptions, DryRunReport } from './migration/dry-run';
export { verifyMigration } from './migration/verify';
export type { VerificationReport, VerifyOptions } from './migration/verify';

export { exportIndex } from './export/export-index';
export type { ExportOptions, ExportReport } from './export/export-index';
export { ExportFileError } from './export/unfinished-file';

export { estimateCost } from './cost/estimate-cost';
export type { CostInput } from './cost/estimate-cost';
export type { CostEstimate, CostRow } from './cost/cost-estimate';
export { COST_EXAMPLES } from './cost/cost-examples';

export { checkHealth } from './health/check-health';
export type { HealthOptions } from './health/check-health';
export type { Finding, FindingCause, HealthReport, Severity } from './health/health-report';

export { serviceHandler } from './handler/service-handler';
export type { ServiceHandler, ServiceHandlerOptions } from './handler/service-handler';
export type { ServiceAnswer } from './handler/service-answer';
export type { ServiceRequest } from './handler/service-request';

export { pinoLog } from './logging/pino-log';
export type { Log } from './logging/log';
export { RuntimeError } from './runtime-error';
export { InvalidInputError } from '../contract/invalid-input';
