// The functions of aws-native that need no resource: account, region, partition.
import type { GetAccountIdResult } from '@pulumi/aws-native/getAccountId';
import type { GetPartitionResult } from '@pulumi/aws-native/getPartition';
import type { GetRegionResult } from '@pulumi/aws-native/getRegion';
import type { FunctionType } from '../plugin/resource-type';
import { object } from '../plugin/shape';
import type { NativeSession } from './session';

const none = object({});

export const NATIVE_FUNCTIONS: readonly FunctionType<NativeSession>[] = [
  {
    token: 'aws-native:index:getAccountId',
    inputs: none,
    async call(session) {
      const { Account } = await (await session.sts()).getCallerIdentity({});
      if (Account === undefined) throw new Error('GetCallerIdentity answered without an account');
      return { accountId: Account } satisfies GetAccountIdResult;
    },
  },
  {
    token: 'aws-native:index:getPartition',
    inputs: none,
    // The commercial partition, always: a local cloud has no other.
    call: () =>
      Promise.resolve({ partition: 'aws', dnsSuffix: 'amazonaws.com' } satisfies GetPartitionResult),
  },
  {
    token: 'aws-native:index:getRegion',
    inputs: none,
    call: (session) => Promise.resolve({ region: session.region } satisfies GetRegionResult),
  },
];
