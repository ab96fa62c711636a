// aws.getCallerIdentity: who the local cloud takes us for.
import type { GetCallerIdentityArgs, GetCallerIdentityResult } from '@pulumi/aws/getCallerIdentity';
import { refused } from '../../plugin/shape';
import { bridgedFunction } from '../bridged';

export const getCallerIdentity = bridgedFunction<GetCallerIdentityArgs, GetCallerIdentityResult>({
  token: 'aws:index/getCallerIdentity:getCallerIdentity',
  inputs: { id: refused() },
  async call(aws) {
    const sts = await aws.sts();
    const { Account, Arn, UserId } = await sts.getCallerIdentity({});
    if (Account === undefined || Arn === undefined) {
      throw new Error('GetCallerIdentity answered without account or ARN');
    }
    return { accountId: Account, arn: Arn, id: Account, userId: UserId ?? '' };
  },
});
