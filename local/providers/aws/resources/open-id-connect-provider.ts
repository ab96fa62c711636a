// aws.iam.OpenIdConnectProvider: whose tokens the account trusts.
import type {
  OpenIdConnectProviderArgs,
  OpenIdConnectProviderState,
} from '@pulumi/aws/iam/openIdConnectProvider';
import type { IAM } from '@aws-sdk/client-iam';
import { isError, unlessError } from '../../plugin/aws-clients';
import { list, map, string } from '../../plugin/shape';
import { bridged, type Inputs, type State } from '../bridged';
import { tagList, tagMap, tagsAfter, type TagChanges } from '../tags';

const GONE = ['NoSuchEntity', 'NoSuchEntityException'];

export const openIdConnectProvider = bridged<OpenIdConnectProviderArgs, OpenIdConnectProviderState>({
  token: 'aws:iam/openIdConnectProvider:OpenIdConnectProvider',
  source: 'terraform-provider-aws internal/service/iam/openid_connect_provider.go',
  inputs: {
    clientIdLists: list(string(), { required: true, unordered: true }),
    tags: map(string()),
    thumbprintLists: list(string(), { computed: true }),
    url: string({ required: true, replaces: true }),
  },
  outputs: ['arn', 'tagsAll'],
  // IAM keeps the URL without its scheme.
  equivalent: (property, old, now) =>
    property === 'url' && typeof old === 'string' && typeof now === 'string' && bare(old) === bare(now),

  async create({ aws }, inputs, tags, made) {
    const iam = await aws.iam();
    const { OpenIDConnectProviderArn: arn } = await iam.createOpenIDConnectProvider({
      Url: inputs.url,
      ClientIDList: inputs.clientIdLists,
      ThumbprintList: inputs.thumbprintLists,
      Tags: tagList(tags),
    });
    if (arn === undefined) throw new Error('CreateOpenIDConnectProvider answered without an ARN');
    made(arn);
  },

  async read({ aws }, id) {
    const iam = await aws.iam();
    const found = await unlessError(GONE, () =>
      iam.getOpenIDConnectProvider({ OpenIDConnectProviderArn: id }),
    );
    if (found === undefined) return undefined;
    return {
      arn: id,
      clientIdLists: found.ClientIDList,
      tagsAll: tagMap(found.Tags),
      thumbprintLists: found.ThumbprintList,
      url: found.Url,
    };
  },

  async update({ aws }, id, news, state, tags) {
    const iam = await aws.iam();
    try {
      await change(iam, id, news, state, tags);
    } catch (error) {
      // ministack can make, read and delete these, but not change them. Made anew from the same URL a provider has
      // the same ARN, and nothing depends on it but by ARN.
      if (!isError(error, 'InvalidAction')) throw error;
      await iam.deleteOpenIDConnectProvider({ OpenIDConnectProviderArn: id });
      await iam.createOpenIDConnectProvider({
        Url: news.url,
        ClientIDList: news.clientIdLists,
        ThumbprintList: news.thumbprintLists ?? state.thumbprintLists,
        Tags: tagList(tagsAfter(state.tagsAll, tags)),
      });
    }
  },

  async delete({ aws }, id) {
    const iam = await aws.iam();
    await unlessError(GONE, () => iam.deleteOpenIDConnectProvider({ OpenIDConnectProviderArn: id }));
  },
});

async function change(
  iam: IAM,
  id: string,
  news: Inputs<OpenIdConnectProviderArgs>,
  state: State<OpenIdConnectProviderState>,
  tags: TagChanges,
): Promise<void> {
  const at = { OpenIDConnectProviderArn: id };
  const thumbprints = news.thumbprintLists;
  // IAM takes no empty list here; without one it keeps what it has.
  if (thumbprints !== undefined && thumbprints.length > 0 && !equal(thumbprints, state.thumbprintLists)) {
    await iam.updateOpenIDConnectProviderThumbprint({ ...at, ThumbprintList: thumbprints });
  }
  const before = state.clientIdLists ?? [];
  for (const ClientID of news.clientIdLists.filter((client) => !before.includes(client))) {
    await iam.addClientIDToOpenIDConnectProvider({ ...at, ClientID });
  }
  for (const ClientID of before.filter((client) => !news.clientIdLists.includes(client))) {
    await iam.removeClientIDFromOpenIDConnectProvider({ ...at, ClientID });
  }
  if (Object.keys(tags.set).length > 0) {
    await iam.tagOpenIDConnectProvider({ ...at, Tags: tagList(tags.set) });
  }
  if (tags.remove.length > 0) await iam.untagOpenIDConnectProvider({ ...at, TagKeys: tags.remove });
}

/** An issuer's URL as IAM keeps it. */
export const bare = (url: string): string => url.replace(/^https:\/\//, '').replace(/\/$/, '');

const equal = (one: readonly string[], other: readonly string[] | undefined): boolean =>
  one.length === other?.length && one.every((element, at) => element === other[at]);
