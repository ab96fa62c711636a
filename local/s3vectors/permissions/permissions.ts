// The one place where requests are judged. Each front asks once for what it is about to do; the answer is silence, or
// a refusal in the words of its API. Whatever cannot be found out is refused: nothing here fails open.
import type { Place } from '../../../contract/arns';
import {
  evaluate,
  type AccessRequest,
  type ApplicablePolicies,
  type Decision,
} from '../../../contract/iam/evaluator/evaluate';
import type { NamedDocument } from '../../../contract/iam/evaluator/statement-reference';
import { CLOUD_CONTROL_ACTION_PREFIX } from '../../../contract/iam/required-permissions';
import type { Request } from '../http/exchange';
import type { OperationName } from '../model/inputs';
import { ServiceError } from '../service-error';
import { accessKeyOf } from './access-key';
import { BriefMemory } from './brief-memory';
import { holderOf } from './callers';
import { DecisionLog, type DecisionRecord } from './decision-log';
import { denialMessage } from './denial-message';
import { IdentityService } from './identity-service';
import { describeKey, type KeyDescription } from './keys';
import { modelQuestions } from './model-questions';
import type { Principal } from './principal';
import { namedDocument, principalOf } from './principal-policies';
import { Refusal } from './refusal';
import { callerContext } from './request-context';
import { inServiceWords } from './service-words';
import { vectorQuestions, type Question, type Resources } from './vector-questions';

/** Milliseconds that callers, policies and keys are remembered: as long as a change can stay unseen. */
export const REMEMBERED_FOR = 1000;

export interface PermissionsOptions {
  /** ministack, or what else speaks STS, IAM and KMS: `http://127.0.0.1:<port>`. */
  readonly identityEndpoint: string;
  readonly place: Place;
  readonly resources: Resources;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What one request may do. */
export interface RequestAuthority {
  /** @throws ServiceError unless the caller may run the operation of S3 Vectors with this input */
  mayRun(operation: OperationName, input: object): Promise<void>;
  /** @throws Refusal unless the caller may call the action of Cloud Control */
  mayCallCloudControl(action: string): Promise<void>;
  /** @throws Refusal unless the caller may invoke the model, given as the request names it */
  mayInvokeModel(modelId: string, foundationModelId: string): Promise<void>;
}

export class Permissions {
  readonly decisions = new DecisionLog();
  private readonly identityService: IdentityService;
  private readonly principals = new BriefMemory<Principal>(REMEMBERED_FOR);
  private readonly keys = new BriefMemory<KeyDescription>(REMEMBERED_FOR);

  constructor(private readonly options: PermissionsOptions) {
    this.identityService = new IdentityService(options.identityEndpoint, options.place.region);
  }

  /** @param called the operation as the log names it */
  of(request: Request, called: string): RequestAuthority {
    const { place, resources } = this.options;
    const judge = (questions: readonly Question[]) => this.judge(request, called, questions);
    return {
      mayRun: async (operation, input) => {
        const questions = vectorQuestions(place, resources, operation, input as Record<string, unknown>);
        await judge(questions).catch((error: unknown) => {
          throw error instanceof Refusal ? inServiceWords(error) : error;
        });
      },
      mayCallCloudControl: (action) =>
        judge([{ action: `${CLOUD_CONTROL_ACTION_PREFIX}${action}`, resource: '*', context: {} }]),
      mayInvokeModel: (modelId, foundationModelId) =>
        judge(modelQuestions(place, modelId, foundationModelId)),
    };
  }

  /** Forgets everything that is remembered, so that the next request asks anew. */
  forget(): void {
    this.principals.forget();
    this.keys.forget();
  }

  close(): void {
    this.identityService.close();
  }

  private async judge(request: Request, called: string, questions: readonly Question[]): Promise<void> {
    let principal: Principal | undefined;
    try {
      principal = await this.principalOf(request);
      for (const question of questions) await this.answer(request, called, principal, question);
    } catch (error) {
      if (error instanceof Refusal && error.kind !== 'denied') {
        const [first] = questions;
        this.record(request, called, principal?.caller.arn, first, {
          outcome: 'refused',
          why: [error.message, error.detail].filter((part) => part !== undefined).join(' '),
        });
      }
      throw error;
    }
  }

  private principalOf(request: Request): Promise<Principal> {
    const accessKeyId = accessKeyOf(request);
    if (accessKeyId === undefined) {
      throw new Refusal(
        'unsigned',
        'Missing Authentication Token',
        'the request carries no signature, and nobody may call without one',
      );
    }
    return this.principals.get(accessKeyId, async () =>
      principalOf(
        this.identityService,
        await holderOf(this.identityService, this.options.place, accessKeyId),
      ),
    );
  }

  private async answer(
    request: Request,
    called: string,
    principal: Principal,
    question: Question,
  ): Promise<void> {
    const { place, now } = this.options;
    const { action, resource, onBehalfOf, keyArn } = question;
    const caller = onBehalfOf ?? principal.caller;
    const asked: AccessRequest = {
      caller,
      action,
      resource,
      ...(resource === '*' ? {} : { resourceAccount: question.resourceAccount ?? place.accountId }),
      context: {
        ...(onBehalfOf === undefined ? callerContext(principal, place, now()) : {}),
        ...question.context,
      },
    };
    const key = keyArn === undefined ? undefined : await this.keyOf(keyArn);
    const policies: ApplicablePolicies = {
      ...(onBehalfOf === undefined ? principal.policies : {}),
      resource: [...(key?.policies ?? []), ...bucketPolicy(principal, question)],
    };
    const decision = evaluate(asked, policies);
    const who = onBehalfOf?.kind === 'service' ? onBehalfOf.name : principal.caller.arn;
    this.record(request, called, who, question, decision);
    if (decision.outcome !== 'allowed')
      throw denial(who, asked, decision, policies, key, onBehalfOf !== undefined);
    if (key !== undefined) checkState(key);
  }

  private keyOf(arn: string): Promise<KeyDescription> {
    return this.keys.get(arn, () => describeKey(this.identityService, arn));
  }

  private record(
    request: Request,
    called: string,
    principal: string | undefined,
    question: Question | undefined,
    decision: Pick<Decision, 'decidedBy' | 'why'> & Pick<DecisionRecord, 'outcome'>,
  ): void {
    const { decidedBy, outcome, why } = decision;
    this.decisions.add({
      time: new Date(this.options.now()).toISOString(),
      requestId: request.id,
      operation: called,
      principal,
      action: question?.action ?? '',
      resource: question?.resource ?? '*',
      outcome,
      ...(decidedBy === undefined
        ? {}
        : {
            decidedBy: {
              policy: decidedBy.policy,
              statement: decidedBy.index,
              ...(decidedBy.sid === undefined ? {} : { sid: decidedBy.sid }),
            },
          }),
      why,
    });
  }
}

/**
 * The vector bucket's policy. One that cannot be read stops everybody, but for the account's root when it replaces or
 * deletes that very policy: otherwise nobody could.
 */
function bucketPolicy(principal: Principal, { action, bucketPolicy: policy }: Question): NamedDocument[] {
  if (policy === undefined) return [];
  try {
    return [namedDocument(`the policy of vector bucket ${policy.bucketName}`, policy.text)];
  } catch (error) {
    if (principal.type === 'Account' && action.endsWith('VectorBucketPolicy')) return [];
    throw error;
  }
}

function denial(
  who: string,
  asked: AccessRequest,
  decision: Decision,
  policies: ApplicablePolicies,
  key: KeyDescription | undefined,
  byIndexing: boolean,
): Refusal {
  if (byIndexing) {
    return new Refusal(
      'denied',
      'Insufficient access to perform asynchronous indexing',
      `${decision.why} The key policy must let ${who} call kms:Decrypt.`,
    );
  }
  if (key !== undefined && key.state === undefined) {
    // KMS does not tell a missing key from a forbidden one.
    return new Refusal(
      'denied',
      `User: ${who} is not authorized to perform: ${asked.action} on resource: ${asked.resource} because the ` +
        'resource does not exist in this Region, no resource-based policies allow access, or a resource-based ' +
        'policy explicitly denies access',
      'there is no such key',
    );
  }
  return new Refusal('denied', denialMessage(who, asked, decision, policies), decision.why);
}

/** @throws ServiceError for a key that may be used and cannot be */
function checkState({ arn, state, usage }: KeyDescription): void {
  if (usage !== undefined && usage !== 'ENCRYPT_DECRYPT') {
    throw new ServiceError(
      'KmsInvalidKeyUsageException',
      `${arn} key usage is ${usage}, not ENCRYPT_DECRYPT.`,
    );
  }
  if (state === 'Disabled') throw new ServiceError('KmsDisabledException', `${arn} is disabled.`);
  if (state !== 'Enabled') {
    throw new ServiceError('KmsInvalidStateException', `${arn} is ${state ?? 'in no known state'}.`);
  }
}
