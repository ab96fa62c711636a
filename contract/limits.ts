// Every quota and size of Amazon S3 Vectors that anything here checks, in one place, so that the runtime, the
// components and S3 Vectors Local can never disagree about one. Each value says where it was read:
//   [limits]   user guide, "S3 Vectors limitations and restrictions" (s3-vectors-limitations.html)
//   [model]    the service's API model (botocore s3vectors/2025-07-15/service-2.json)
//   [measured] probes against the live service, published with their method in
//              FarukAda/aws-langchain-s3-vector-ts, docs/evidence
// Byte sizes are UTF-8 bytes; KB and MiB are 1,024 and 1,048,576 bytes.

// --- Vector buckets and indexes ---

/** Vector buckets in one Region of one account. [limits] */
export const MAX_VECTOR_BUCKETS_PER_REGION = 10_000 as const;
/** Vector indexes in one vector bucket. [limits] */
export const MAX_INDEXES_PER_BUCKET = 10_000 as const;
/** Characters in the name of a vector bucket or of an index, at least. [model] */
export const MIN_NAME_LENGTH = 3 as const;
/** Characters in the name of a vector bucket or of an index, at most. [model] */
export const MAX_NAME_LENGTH = 63 as const;
/** Dimensions of an index, at least. [model] */
export const MIN_DIMENSION = 1 as const;
/** Dimensions of an index, at most. [model] */
export const MAX_DIMENSION = 4_096 as const;
/** Non-filterable metadata keys of an index; an empty list is refused, the configuration is left out instead. [model] */
export const MIN_NON_FILTERABLE_KEYS = 1 as const;
/** Non-filterable metadata keys of an index, at most. [limits] [model] */
export const MAX_NON_FILTERABLE_KEYS = 10 as const;
/** Characters in the name of a non-filterable metadata key, at most (at least one). [model] */
export const MAX_NON_FILTERABLE_KEY_LENGTH = 63 as const;
/** Characters in a KMS key ARN, at most. [model] */
export const MAX_KMS_KEY_ARN_LENGTH = 2_048 as const;

// --- One vector ---

/** Characters in a vector key, at least. [model] */
export const MIN_VECTOR_KEY_LENGTH = 1 as const;
/** Characters in a vector key, at most. [model] */
export const MAX_VECTOR_KEY_LENGTH = 1_024 as const;
/** UTF-8 bytes in a vector key, at most: a second limit beside the one on characters. [measured] */
export const MAX_VECTOR_KEY_BYTES = 1_024 as const;
/** Metadata of one vector, all keys together, by the size model of vectors/metadata. [limits] 40 KB, exact in [measured] */
export const MAX_METADATA_BYTES = 40_960 as const;
/** Filterable metadata of one vector, by the size model of vectors/metadata. [limits] 2 KB, exact in [measured] */
export const MAX_FILTERABLE_METADATA_BYTES = 2_048 as const;
/** Metadata keys on one vector, filterable or not. [limits] [measured] */
export const MAX_METADATA_KEYS = 50 as const;

// --- One request ---

/** Bytes of a request body, inclusive; one more is a ValidationException. [limits] 20 MiB, exact in [measured] */
export const MAX_REQUEST_BYTES = 20_971_520 as const;
/** Vectors in one PutVectors. [limits] [model] */
export const MAX_VECTORS_PER_PUT = 500 as const;
/** Keys in one DeleteVectors. [limits] [model] */
export const MAX_KEYS_PER_DELETE = 500 as const;
/** Keys in one GetVectors. [limits] [model] */
export const MAX_KEYS_PER_GET = 100 as const;

// --- Queries ---

/** Nearest neighbours asked for by one query, at most, over all of its pages. What's New, 2026-06-16; the model has no maximum */
export const MAX_TOP_K = 10_000 as const;
/** Nearest neighbours asked for by one query, at least. [model] */
export const MIN_TOP_K = 1 as const;
/** Results in one page of QueryVectors; a client that follows no nextToken sees no more. What's New, 2026-06-16 */
export const MAX_RESULTS_PER_QUERY_PAGE = 100 as const;
/** Filter constraints in one query in ENHANCED mode; each value of $in and $nin counts. User guide, s3-vectors-index-mode */
export const MAX_FILTER_CONSTRAINTS = 100 as const;
/**
 * Levels of $and and $or in a filter. Ours: the service documents none; ours keeps the stack of whoever walks the
 * filter bounded, at a depth that nobody writes.
 */
export const MAX_FILTER_DEPTH = 100 as const;
/** Characters in a QueryVectors page token. [model] */
export const MAX_QUERY_TOKEN_LENGTH = 4_096 as const;

// --- Lists ---

/** maxResults of ListVectors, at most. [limits] [model] */
export const MAX_LIST_VECTORS_RESULTS = 1_000 as const;
/** maxResults of ListVectors where the caller gives none. API reference, ListVectors */
export const DEFAULT_LIST_VECTORS_RESULTS = 500 as const;
/** A page of ListVectors ends once this many bytes were processed. API reference, ListVectors ("1 MB") */
export const LIST_VECTORS_PAGE_BYTES = 1_048_576 as const;
/** Characters in a ListVectors page token. [model] */
export const MAX_LIST_VECTORS_TOKEN_LENGTH = 2_048 as const;
/** Parallel segments of one ListVectors, at most. [limits] [model] */
export const MAX_LIST_SEGMENTS = 16 as const;
/** maxResults of ListVectorBuckets, at most, and what a page holds where the caller gives none. [limits] [model] */
export const MAX_LIST_BUCKETS_RESULTS = 500 as const;
/** maxResults of ListIndexes, at most, and what a page holds where the caller gives none. [limits] [model] */
export const MAX_LIST_INDEXES_RESULTS = 500 as const;
/** Characters in the prefix of ListVectorBuckets and ListIndexes. [model] */
export const MAX_LIST_PREFIX_LENGTH = 63 as const;
/** Characters in a page token of ListVectorBuckets and ListIndexes. [model] */
export const MAX_LIST_TOKEN_LENGTH = 512 as const;

// --- Rates, for each index ---

/** PutVectors and DeleteVectors requests a second, together. [limits] */
export const MAX_WRITE_REQUESTS_PER_SECOND = 1_000 as const;
/** Vectors inserted and deleted a second, together. [limits] */
export const MAX_WRITTEN_VECTORS_PER_SECOND = 2_500 as const;
/**
 * QueryVectors, GetVectors and ListVectors requests a second, together. User guide, s3-vectors-best-practices, says
 * "hundreds" and gives no figure; ours is the first number that is certainly more.
 */
export const MAX_READ_REQUESTS_PER_SECOND = 1_000 as const;

// --- Tags ---

/** Tags on one resource. [measured] */
export const MAX_TAGS = 50 as const;
/** Characters in a tag key, at most (at least one). [model] */
export const MAX_TAG_KEY_LENGTH = 128 as const;
/** Characters in a tag value, at most. [model] */
export const MAX_TAG_VALUE_LENGTH = 256 as const;

// --- Encryption ---

/** Encryption of a vector bucket where the caller names none: keys that S3 manages. API reference, EncryptionConfiguration */
export const DEFAULT_ENCRYPTION_TYPE = 'AES256' as const;
