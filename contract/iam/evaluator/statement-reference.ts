// How an answer names the statement that it rests on.
import { many, type PolicyDocument, type Statement } from '../document';

/** A document with the name that an explanation uses for it. */
export interface NamedDocument {
  readonly name: string;
  readonly document: PolicyDocument;
}

export interface StatementReference {
  readonly policy: string;
  readonly version: PolicyDocument['Version'];
  /** Counted from 0 in the document's Statement list. */
  readonly index: number;
  readonly sid?: string;
  readonly statement: Statement;
}

export function referencesOf({ name, document }: NamedDocument): StatementReference[] {
  return many(document.Statement).map((statement, index) => ({
    policy: name,
    version: document.Version,
    index,
    statement,
    ...(statement.Sid === undefined ? {} : { sid: statement.Sid }),
  }));
}

/** `statement "ReadObjects" of acme-policy`, or its place where it has no Sid. */
export function describe(reference: StatementReference): string {
  const which = reference.sid === undefined ? `${reference.index + 1} (without Sid)` : `"${reference.sid}"`;
  return `statement ${which} of ${reference.policy}`;
}
