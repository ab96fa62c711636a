// Whose key is it? ministack as this package runs it tells everything about a key at /_local/caller, session policies
// included (local/cloud/ministack_on_loopback.py). Any other endpoint is asked by STS GetCallerIdentity in the name of
// the key, which knows no session policies.
import { z } from 'zod';
import type { IdentityService } from './identity-service';
import { Refusal } from './refusal';

/** What is known of a key, before any policy is looked at. */
export interface KeyHolder {
  /** The root of an account, a user, or a role session. */
  readonly arn: string;
  readonly accountId: string;
  readonly userId: string;
  readonly session?: {
    /** The JSON text of a policy passed at AssumeRole. */
    readonly policy?: string;
    readonly policyArns: readonly string[];
    readonly tags: Readonly<Record<string, string>>;
  };
}

const callerAnswer = z.object({
  /** null: ministack has not issued this key. */
  caller: z
    .object({
      arn: z.string(),
      accountId: z.string().regex(/^\d{12}$/),
      userId: z.string(),
      expired: z.boolean(),
      session: z
        .object({
          policy: z.string().nullable(),
          policyArns: z.array(z.string()),
          tags: z.record(z.string(), z.string()),
        })
        .nullable(),
    })
    .nullable(),
});

/** Keys that AWS and ministack issue: of a user, of a session. Unknown, they are forged, deleted or forgotten. */
const ISSUED_KEY = /^(?:AKIA|ASIA)[A-Z0-9]{12,}$/;

export interface RootAccount {
  readonly partition: string;
  readonly accountId: string;
}

/** @throws Refusal when the key is not to be trusted, or nobody can be asked */
export async function holderOf(
  identityService: IdentityService,
  own: RootAccount,
  accessKeyId: string,
): Promise<KeyHolder> {
  if (/^\d{12}$/.test(accessKeyId)) return rootOf({ ...own, accountId: accessKeyId });
  const answer = await identityService.ask(`/_local/caller?access-key-id=${encodeURIComponent(accessKeyId)}`);
  if (answer === undefined) return byCallerIdentity(identityService, own, accessKeyId);
  const { caller } = await identityService.answering(() => Promise.resolve(callerAnswer.parse(answer)));
  if (caller === null) return unissued(own, accessKeyId);
  if (caller.expired) throw expired();
  const { arn, accountId, userId, session } = caller;
  if (session === null) return { arn, accountId, userId };
  const { policy, policyArns, tags } = session;
  return {
    arn,
    accountId,
    userId,
    session: { ...(policy === null || policy === '' ? {} : { policy }), policyArns, tags },
  };
}

async function byCallerIdentity(
  identityService: IdentityService,
  own: RootAccount,
  accessKeyId: string,
): Promise<KeyHolder> {
  const { Arn, Account, UserId } = await identityService.answering(async () => {
    const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
    const sts = await identityService.sts(accessKeyId);
    try {
      return await sts.send(new GetCallerIdentityCommand({}));
    } catch (error) {
      if (error instanceof Error && /^ExpiredToken/.test(error.name)) throw expired();
      if (error instanceof Error && /^(?:InvalidClientTokenId|UnrecognizedClient)/.test(error.name)) {
        throw unknown();
      }
      throw error;
    } finally {
      sts.destroy();
    }
  });
  if (Arn === undefined || Account === undefined) throw unknown();
  // An emulator answers the root for every key that it does not know, a session's that it has forgotten included.
  if (Arn.endsWith(':root')) return unissued(own, accessKeyId);
  return { arn: Arn, accountId: Account, userId: UserId ?? Account };
}

function unissued(own: RootAccount, accessKeyId: string): KeyHolder {
  if (ISSUED_KEY.test(accessKeyId)) throw unknown();
  return rootOf(own);
}

function rootOf({ partition, accountId }: RootAccount): KeyHolder {
  return { arn: `arn:${partition}:iam::${accountId}:root`, accountId, userId: accountId };
}

function unknown(): Refusal {
  return new Refusal(
    'unknownCredentials',
    'The security token included in the request is invalid.',
    'the key has the form of an issued one, and the identity service has not issued it',
  );
}

function expired(): Refusal {
  return new Refusal('expiredCredentials', 'The security token included in the request is expired');
}
