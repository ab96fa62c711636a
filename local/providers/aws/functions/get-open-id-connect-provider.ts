// aws.iam.getOpenIdConnectProvider: finds a provider that is already there, by ARN or by URL.
import type {
  GetOpenIdConnectProviderArgs,
  GetOpenIdConnectProviderResult,
} from '@pulumi/aws/iam/getOpenIdConnectProvider';
import { unlessError } from '../../plugin/aws-clients';
import { refused, string } from '../../plugin/shape';
import { bridgedFunction } from '../bridged';
import { bare } from '../resources/open-id-connect-provider';
import type { AwsSession } from '../session';
import { tagMap } from '../tags';

export const getOpenIdConnectProvider = bridgedFunction<
  GetOpenIdConnectProviderArgs,
  GetOpenIdConnectProviderResult
>({
  token: 'aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider',
  inputs: { arn: string(), tags: refused(), url: string() },
  async call(aws, { arn, url }) {
    const found = arn ?? (url === undefined ? undefined : await arnOf(aws, url));
    if (arn === undefined && url === undefined) throw new Error('one of arn and url must be given');
    const iam = await aws.iam();
    const provider =
      found === undefined
        ? undefined
        : await unlessError(['NoSuchEntity', 'NoSuchEntityException'], () =>
            iam.getOpenIDConnectProvider({ OpenIDConnectProviderArn: found }),
          );
    if (found === undefined || provider === undefined) {
      throw new Error(`there is no OpenID Connect provider ${arn ?? url ?? ''} in this account`);
    }
    return {
      arn: found,
      clientIdLists: provider.ClientIDList ?? [],
      id: found,
      tags: { ...tagMap(provider.Tags) },
      thumbprintLists: provider.ThumbprintList ?? [],
      url: provider.Url ?? '',
    };
  },
});

async function arnOf(aws: AwsSession, url: string): Promise<string | undefined> {
  const iam = await aws.iam();
  const { OpenIDConnectProviderList = [] } = await iam.listOpenIDConnectProviders({});
  // The ARN ends with the issuer: arn:aws:iam::<account>:oidc-provider/<issuer>.
  return OpenIDConnectProviderList.map(({ Arn }) => Arn).find(
    (arn) => arn?.endsWith(`:oidc-provider/${bare(url)}`) === true,
  );
}
