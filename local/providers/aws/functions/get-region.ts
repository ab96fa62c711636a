// aws.getRegion: the region that is configured. Its prose description and service endpoint are AWS's own facts,
// which a local cloud does not have; they are left out.
/* eslint-disable @typescript-eslint/no-deprecated -- the SDK's deprecated properties are part of its types */
import type { GetRegionArgs, GetRegionResult } from '@pulumi/aws/getRegion';
import { refused, string } from '../../plugin/shape';
import { bridgedFunction } from '../bridged';

type Result = Omit<GetRegionResult, 'description' | 'endpoint'>;

export const getRegion = bridgedFunction<GetRegionArgs, Result>({
  token: 'aws:index/getRegion:getRegion',
  inputs: { endpoint: refused(), id: refused(), name: string(), region: string() },
  call: (aws, { region, name }) => {
    const found = region ?? name ?? aws.region;
    return Promise.resolve({ id: found, name: found, region: found });
  },
});
