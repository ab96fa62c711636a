// aws.getPartition: the commercial partition, always; its names are constants of AWS.
/* eslint-disable @typescript-eslint/no-deprecated -- the SDK's deprecated properties are part of its types */
import type { GetPartitionArgs, GetPartitionResult } from '@pulumi/aws/getPartition';
import { refused } from '../../plugin/shape';
import { bridgedFunction } from '../bridged';

export const getPartition = bridgedFunction<GetPartitionArgs, GetPartitionResult>({
  token: 'aws:index/getPartition:getPartition',
  inputs: { id: refused() },
  call: (aws) =>
    Promise.resolve({
      dnsSuffix: 'amazonaws.com',
      id: aws.partition,
      partition: aws.partition,
      reverseDnsPrefix: 'com.amazonaws',
    }),
});
