// What the tests of IAM documents share: a place, a project, and finding a statement by its Sid.
import { many } from '../../../../contract/iam/document';
import type { PolicyDocument, Statement } from '../../../../contract/iam/document';

export const PLACE = { partition: 'aws', region: 'us-east-1', accountId: '123456789012' } as const;
export const ACME = { project: 'acme' } as const;

export function statement(document: PolicyDocument, sid: string): Statement {
  const found = many(document.Statement).find((each) => each.Sid === sid);
  if (found === undefined) throw new Error(`no statement ${sid}`);
  return found;
}
