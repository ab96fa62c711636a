// Policy documents whose actions are known at preview whatever else is not. A document that is one output is
// unknown as a whole when a key's ARN is; here every text that depends on an unknown is an output of its own, of
// exactly what it depends on, and everything else is plain, so that the policy pack can read it.
import * as pulumi from '@pulumi/pulumi';
import type { Place } from '../contract/arns';
import type { PolicyDocument } from '../contract/iam/document';
import { documentSizeProblems } from '../contract/iam/documents/document-size';
import type { DOCUMENT_SIZE } from '../contract/iam/documents/document-size';
import { refuse } from '../contract/invalid-input';
import { plainWhereKnown } from './checked-input';

/** Texts that a document is made of, beside the place. */
export type DocumentTexts = Readonly<Record<string, pulumi.Input<string>>>;

/** The same, resolved. */
export type PlainTexts<T extends DocumentTexts> = { readonly [K in keyof T]: string };

/** Stand-ins that share no text: a text that is the same with either does not depend on what they stand for. */
const SAMPLE_PLACES = [
  { partition: 'aws', region: 'us-east-1', accountId: '111111111111' },
  { partition: 'aws-us-gov', region: 'ap-southeast-2', accountId: '222222222222' },
] as const satisfies readonly Place[];
const SAMPLE_TEXTS = ['first', 'second'] as const;

/** Values by name: `place`, and `text:<name>` for every text that is an output. */
type Values = Readonly<Record<string, unknown>>;

/**
 * The document that `build` makes. Its structure (statements, lists, keys) must not depend on the place or on
 * texts that are outputs: these may change single texts only.
 * @throws InvalidInputError when the document is too large for its kind, measured with a place of long names and short
 * stand-ins for texts that are outputs; inside the outputs, when it is too large with what these resolve to.
 */
export function knownDocument<T extends DocumentTexts>(
  kind: keyof typeof DOCUMENT_SIZE,
  place: pulumi.Output<Place>,
  texts: T,
  build: (place: Place, texts: PlainTexts<T>) => PolicyDocument,
): PolicyDocument {
  const pending: Record<string, pulumi.Output<unknown>> = { place };
  const given = Object.entries(texts).map(([name, text]) => [name, plainWhereKnown(text)] as const);
  for (const [name, text] of given) {
    if (typeof text !== 'string') pending[textKey(name)] = pulumi.output(text);
  }
  const samples = ([0, 1] as const).map((at) =>
    Object.fromEntries(
      Object.keys(pending).map((key) => [key, key === 'place' ? SAMPLE_PLACES[at] : SAMPLE_TEXTS[at]]),
    ),
  ) as [Values, Values];
  const made = (values: Values) =>
    build(
      values['place'] as Place,
      Object.fromEntries(
        given.map(([name, text]) => [name, typeof text === 'string' ? text : values[textKey(name)]]),
      ) as PlainTexts<T>,
    );

  refuse('policy document', documentSizeProblems(made(samples[1]), kind));
  const variants = Object.keys(pending).map(
    (key) => [key, made({ ...samples[0], [key]: samples[1][key] })] as const,
  );
  return mapTexts(made(samples[0]), (text, path) => {
    const dependsOn = variants.filter(([, document]) => at(document, path) !== text).map(([key]) => key);
    if (dependsOn.length === 0) return text;
    // An update knows everything, and so can measure everything; a preview measures what a text depends on.
    const keys = pulumi.runtime.isDryRun() ? dependsOn : Object.keys(pending);
    const resolved = Object.fromEntries(keys.map((key) => [key, pending[key]]));
    return pulumi.output(resolved).apply((values) => {
      const document = made({ ...samples[0], ...values });
      refuse('policy document', documentSizeProblems(document, kind));
      return at(document, path);
    });
  }) as PolicyDocument;
}

function textKey(name: string): string {
  return `text:${name}`;
}

function mapTexts(
  value: unknown,
  map: (text: unknown, path: readonly string[]) => unknown,
  path: readonly string[] = [],
): unknown {
  if (typeof value !== 'object' || value === null) return map(value, path);
  const entries = Object.entries(value).map(
    ([key, inner]) => [key, mapTexts(inner, map, [...path, key])] as const,
  );
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

function at(document: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Values)[key], document);
}
