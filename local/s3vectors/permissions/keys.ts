// The customer managed keys behind encrypted vector buckets and indexes: their state, policy and grants. A key that
// cannot be read is one that nobody may use, as on AWS, where a missing key is answered with AccessDenied (measured:
// docs/evidence/index-encryption.md of FarukAda/aws-langchain-s3-vector-ts).
import type { GrantListEntry } from '@aws-sdk/client-kms';
import { policyDocument } from '../../../contract/iam/document';
import type { NamedDocument } from '../../../contract/iam/evaluator/statement-reference';
import type { IdentityService } from './identity-service';
import { namedDocument } from './principal-policies';

export interface KeyDescription {
  readonly arn: string;
  readonly accountId: string;
  /** `Enabled`, `Disabled`, `PendingDeletion`, …; undefined where there is no such key. */
  readonly state: string | undefined;
  readonly usage: string | undefined;
  /** The key policy, and each grant as a statement of its own. */
  readonly policies: readonly NamedDocument[];
}

const KEY_ARN = /^arn:[^:]+:kms:[^:]+:(\d{12}):key\/(.+)$/;

/** @throws Refusal when the identity service does not answer, or the policy cannot be read */
export async function describeKey(service: IdentityService, arn: string): Promise<KeyDescription> {
  const accountId = KEY_ARN.exec(arn)?.[1];
  const missing = { arn, accountId: accountId ?? '', state: undefined, usage: undefined, policies: [] };
  if (accountId === undefined) return missing;
  return service.answering(async () => {
    const { DescribeKeyCommand, GetKeyPolicyCommand, paginateListGrants } =
      await import('@aws-sdk/client-kms');
    const client = await service.kms(accountId);
    try {
      const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: arn }));
      const { Policy } = await client.send(new GetKeyPolicyCommand({ KeyId: arn, PolicyName: 'default' }));
      const grants: GrantListEntry[] = [];
      for await (const page of paginateListGrants({ client }, { KeyId: arn }))
        grants.push(...(page.Grants ?? []));
      return {
        arn,
        accountId,
        state: KeyMetadata?.KeyState,
        usage: KeyMetadata?.KeyUsage,
        policies: [namedDocument(`the key policy of ${arn}`, Policy ?? ''), ...grants.flatMap(grantDocument)],
      };
    } catch (error) {
      if (error instanceof Error && error.name === 'NotFoundException') return missing;
      throw error;
    }
  });
}

/**
 * A grant as a statement: it allows operations to one principal, under an encryption context where it names one.
 * Source: KMS Developer Guide, "Grants in AWS KMS" and "Using grant constraints".
 */
export function grantDocument(grant: GrantListEntry): NamedDocument[] {
  const { GrantId = 'without id', GranteePrincipal, Operations = [], Constraints } = grant;
  if (GranteePrincipal === undefined || Operations.length === 0) return [];
  const subset = Object.entries(Constraints?.EncryptionContextSubset ?? {});
  const equals = Object.entries(Constraints?.EncryptionContextEquals ?? {});
  const context = Object.fromEntries(
    [...subset, ...equals].map(([key, value]) => [`kms:EncryptionContext:${key}`, value]),
  );
  const service = /^[a-z0-9.-]+\.amazonaws\.com$/.test(GranteePrincipal);
  return [
    {
      name: `grant ${GrantId}`,
      document: policyDocument({
        Sid: 'Grant',
        Effect: 'Allow',
        Principal: service ? { Service: GranteePrincipal } : { AWS: GranteePrincipal },
        Action: Operations.map((operation) => `kms:${operation}`),
        Resource: '*',
        ...(Object.keys(context).length === 0
          ? {}
          : {
              Condition: {
                StringEquals: context,
                // The whole context, and not only these keys.
                ...(equals.length === 0
                  ? {}
                  : {
                      'ForAllValues:StringEquals': {
                        'kms:EncryptionContextKeys': equals.map(([key]) => key),
                      },
                    }),
              },
            }),
      }),
    },
  ];
}
