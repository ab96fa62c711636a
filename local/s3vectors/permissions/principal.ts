// Who calls, with everything that bears on what the caller may do.
import type { NamedDocument } from '../../../contract/iam/evaluator/statement-reference';
import type { Caller } from '../../../contract/iam/evaluator/principal-match';

export interface Principal {
  readonly caller: Caller & { readonly kind: 'aws' };
  /** Twelve digits. */
  readonly accountId: string;
  /** `aws:PrincipalType`. */
  readonly type: 'Account' | 'AssumedRole' | 'User';
  /** `aws:userid`. */
  readonly id: string;
  /** `aws:username`; users only. */
  readonly userName?: string;
  /** Tags of role or user, and of the session over them. */
  readonly tags: Readonly<Record<string, string>>;
  readonly policies: {
    readonly identity: readonly NamedDocument[];
    readonly boundary?: NamedDocument;
    readonly session?: readonly NamedDocument[];
  };
}
