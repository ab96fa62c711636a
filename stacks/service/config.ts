// The configuration of the service stack, as documented in docs/stacks.md.
import { FieldReader } from '../../contract/field-reader';
import { isInferenceProfileId, modelIdProblems } from '../../contract/iam/documents/bedrock-invocation';
import { tagProblems } from '../../contract/tags';
import { configSubject } from '../config-record';
import type { ConfigKeys } from '../config-record';

export const SERVICE_NAMESPACE = 's3-vectors-service';

export const SERVICE_KEYS = {
  bootstrapStack: 'text',
  storageStack: 'text',
  modelId: 'text',
  memoryMegabytes: 'json',
  timeoutSeconds: 'json',
  tags: 'json',
} as const satisfies ConfigKeys;

/** Makes vectors of 3072 numbers, as the episodes index holds. */
const DEFAULT_MODEL_ID = 'amazon.nova-2-multimodal-embeddings-v1:0';
/** What Lambda allows (Lambda API model, CreateFunction). */
const MEMORY = { min: 128, max: 10_240 } as const;
const TIMEOUT = { min: 1, max: 900 } as const;
const STACK_NAME = {
  pattern: /^[^/\s]+\/[^/\s]+\/[^/\s]+$/,
  as: 'a full stack name, organization/project/stack',
};

export interface ServiceConfig {
  /** Full name of the bootstrap stack, `organization/project/stack`. */
  readonly bootstrapStack: string;
  /** Full name of the storage stack, `organization/project/stack`. */
  readonly storageStack: string;
  readonly modelId: string;
  readonly memoryMegabytes: number;
  readonly timeoutSeconds: number;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Reads the configuration.
 * @param own organization and stack of this stack; the other two are looked for beside it.
 * @throws InvalidInputError listing every fault at once.
 */
export function parseServiceConfig(
  record: unknown,
  own: { readonly organization: string; readonly stack: string },
): ServiceConfig {
  const read = new FieldReader(configSubject(SERVICE_NAMESPACE), record);
  read.only(Object.keys(SERVICE_KEYS));
  const modelId = read.optionalText('modelId') ?? DEFAULT_MODEL_ID;
  if (!isInferenceProfileId(modelId)) read.check('modelId', modelIdProblems([modelId]));
  const tags = read.optionalTextMap('tags') ?? {};
  read.check('tags', tagProblems(tags));
  return read.finish({
    bootstrapStack:
      read.optionalText('bootstrapStack', STACK_NAME) ??
      `${own.organization}/s3-vectors-bootstrap/${own.stack}`,
    storageStack:
      read.optionalText('storageStack', STACK_NAME) ?? `${own.organization}/s3-vectors/${own.stack}`,
    modelId,
    memoryMegabytes: read.optionalInteger('memoryMegabytes', MEMORY) ?? 512,
    timeoutSeconds: read.optionalInteger('timeoutSeconds', TIMEOUT) ?? 60,
    tags,
  });
}
