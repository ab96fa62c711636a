// What becomes of one record: its vector is kept, made anew from its text, or the record fails and says why. A function
// of plain values: the put of a file, the dry run of a migration, the migration and its verification decide alike.
import { baseModelId } from '../../contract/embedding-models';
import type { IndexShape } from '../../contract/index-shape';
import { componentProblems } from '../../contract/vectors/components';
import { keyProblems } from '../../contract/vectors/key';
import { metadataProblems } from '../../contract/vectors/metadata';
import type { Metadata } from '../../contract/vectors/metadata';
import { under } from '../../contract/vectors/problem';
import type { Problem } from '../../contract/vectors/problem';
import { documentMetadata, TRUNCATED_KEY } from '../embedding-service/document';
import { flatMetadata } from './flat-metadata';
import type { SourceRecord } from './source-record';

/** Why a record cannot go in. */
export type RecordFailureCode =
  /** Key, numbers, metadata: S3 Vectors would refuse the record. */
  | 'INVALID_RECORD'
  /** The vector is of another model than those of the index, and cannot be made anew. */
  | 'OTHER_MODEL'
  /** Nothing says which model made the vector. */
  | 'UNKNOWN_MODEL'
  | 'OTHER_DIMENSION'
  /** A text and no vector, and nobody to make one. */
  | 'NO_VECTOR';

export interface DecisionRules {
  readonly shape: IndexShape;
  /** The model whose vectors the index holds; undefined where nobody said, and all are trusted. */
  readonly model: string | undefined;
  /** Whether a vector of which nobody says who made it counts as one of the index's model. */
  readonly trustVectors: boolean;
  /** Whether there is somebody who makes vectors from texts. */
  readonly embeds: boolean;
  /** Metadata key that takes the text; undefined where texts are left behind. */
  readonly textKey: string | undefined;
  readonly flattenMetadata: boolean;
}

/** What is worth knowing about a record that goes in. */
export interface Remarks {
  /** Whether the index holds only the beginning of the text. */
  readonly textCut: boolean;
  /** Metadata that were changed, and how. */
  readonly changed: readonly string[];
  /** What has no place in the index, by name. */
  readonly leftOut: readonly string[];
}

export type Decision =
  | {
      readonly kind: 'keep';
      readonly vector: readonly number[];
      readonly metadata: Metadata;
      readonly remarks: Remarks;
    }
  | {
      readonly kind: 'embed';
      readonly text: string;
      readonly metadata: Metadata;
      readonly remarks: Remarks;
      /** Why the vector could not be kept. */
      readonly reason: string;
    }
  | { readonly kind: 'fail'; readonly code: RecordFailureCode; readonly reason: string };

interface Fault {
  readonly code: RecordFailureCode;
  /** A full sentence. */
  readonly reason: string;
}

export function decide(record: SourceRecord, rules: DecisionRules): Decision {
  const kept = keptMetadata(record, rules);
  const refusals = [...sentences(under('key', keyProblems(record.key))), ...kept.problems];
  const fault = vectorFault(record, rules);
  const { vector } = record;
  const text = wholeText(record, rules);
  const embeddable = fault !== undefined && rules.embeds && text !== undefined && text.trim() !== '';
  if (fault !== undefined && !embeddable) {
    const reasons = [`${fault.reason} ${remedyOf(fault, rules)}`, ...refusals];
    return { kind: 'fail', code: fault.code, reason: reasons.join(' ') };
  }
  if (refusals.length > 0) return { kind: 'fail', code: 'INVALID_RECORD', reason: refusals.join(' ') };
  const { metadata, remarks } = kept;
  if (fault === undefined) return { kind: 'keep', vector: vector ?? [], metadata, remarks };
  return { kind: 'embed', text: text ?? '', metadata, remarks, reason: fault.reason };
}

/** Whether two ids name the same model: ARN, inference profile and version `:0` make no difference. */
export function sameModel(one: string, other: string): boolean {
  const plain = (id: string) => baseModelId(id).replace(/:\d+$/, '');
  return plain(one) === plain(other);
}

/** Why the vector cannot be kept; undefined when it can. */
function vectorFault({ vector, model }: SourceRecord, rules: DecisionRules): Fault | undefined {
  if (vector === undefined) return { code: 'NO_VECTOR', reason: 'It has no vector.' };
  if (model !== undefined && rules.model !== undefined && !sameModel(model, rules.model)) {
    return {
      code: 'OTHER_MODEL',
      reason: `Its vector was made by ${model} and cannot be compared with those of ${rules.model}.`,
    };
  }
  if (model === undefined && !rules.trustVectors) {
    return { code: 'UNKNOWN_MODEL', reason: 'It does not say which model made its vector.' };
  }
  if (vector.length !== rules.shape.dimension) {
    return {
      code: 'OTHER_DIMENSION',
      reason: `Its vector has ${vector.length} numbers and the index holds ${rules.shape.dimension}.`,
    };
  }
  const problems = componentProblems(vector, rules.shape);
  if (problems.length === 0) return undefined;
  return { code: 'INVALID_RECORD', reason: sentences(under('vector', problems)).join(' ') };
}

function remedyOf({ code }: Fault, { embeds }: DecisionRules): string {
  const again = embeds
    ? 'It has no whole text to make a vector from.'
    : 'Give an embedding model, and it is made anew from its text.';
  return code === 'UNKNOWN_MODEL'
    ? `Say that vectors of unknown models are to be trusted, if you know that they fit. ${again}`
    : again;
}

/** The text from which a vector can be made: the record's own, or that which lies whole in its metadata. */
function wholeText({ text, metadata }: SourceRecord, { textKey }: DecisionRules): string | undefined {
  if (text !== undefined) return text;
  const stored = textKey === undefined ? undefined : metadata?.[textKey];
  return typeof stored === 'string' && metadata?.[TRUNCATED_KEY] !== true ? stored : undefined;
}

function keptMetadata(
  { text, metadata: given = {}, key, leftOut }: SourceRecord,
  { shape: { nonFilterableMetadataKeys }, textKey, flattenMetadata }: DecisionRules,
): { readonly metadata: Metadata; readonly remarks: Remarks; readonly problems: readonly string[] } {
  const flat = flattenMetadata ? flatMetadata(given) : { metadata: given, changed: [], problems: [] };
  const { changed } = flat;
  const checked = (metadata: Metadata, textCut: boolean, found: readonly Problem[]) => ({
    metadata,
    remarks: { textCut, changed, leftOut },
    problems: [
      ...flat.problems,
      ...sentences(under('metadata', found)),
      ...(!flattenMetadata && found.some(({ path }) => isNested(given[path.replace(/\[\d+\]$/, '')]))
        ? ['Nested values and null can be flattened when you ask for it.']
        : []),
    ],
  });
  const own = flat.metadata as Metadata;
  const problems = metadataProblems(own, nonFilterableMetadataKeys);
  if (text === undefined || textKey === undefined || problems.length > 0)
    return checked(own, false, problems);
  // Many wrote the text into the metadata too: it is there once all the same.
  const rest: Metadata =
    own[textKey] === text
      ? Object.fromEntries(Object.entries(own).filter(([name]) => name !== textKey))
      : own;
  const document = documentMetadata({ id: key, text, metadata: rest }, textKey, nonFilterableMetadataKeys);
  return checked(document.metadata, document.textTruncated, document.problems);
}

function isNested(value: unknown): boolean {
  return typeof value === 'object';
}

function sentences(problems: readonly Problem[]): string[] {
  return problems.map(({ path, message }) => `${path} ${message}.`);
}
