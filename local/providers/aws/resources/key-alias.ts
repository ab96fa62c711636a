// aws.kms.Alias: a name for a key.
import type { AliasArgs, AliasState } from '@pulumi/aws/kms/alias';
import { unlessError } from '../../plugin/aws-clients';
import { refused, string } from '../../plugin/shape';
import { bridged } from '../bridged';

const PREFIX = 'alias/';

export const keyAlias = bridged<AliasArgs, AliasState>({
  token: 'aws:kms/alias:Alias',
  source: 'terraform-provider-aws internal/service/kms/alias.go',
  inputs: {
    name: string({ computed: true, replaces: true }),
    namePrefix: refused('name, or neither for an automatic name'),
    region: string({ computed: true, replaces: true }),
    targetKeyId: string({ required: true }),
  },
  outputs: ['arn', 'targetKeyArn'],
  autoName: { property: 'name', rule: { longest: 256, prefix: PREFIX } },
  validate: ({ name }) =>
    typeof name === 'string' && !name.startsWith(PREFIX)
      ? [{ property: 'name', reason: `must begin with ${PREFIX}, not ${JSON.stringify(name)}` }]
      : [],
  // A key goes by its id or its ARN, which ends with the id.
  equivalent: (property, old, now) =>
    property === 'targetKeyId' &&
    typeof old === 'string' &&
    typeof now === 'string' &&
    old.split('/').at(-1) === now.split('/').at(-1),

  async create({ aws, region }, { name = '', targetKeyId }, _tags, made) {
    const kms = await aws.kms(region);
    await kms.createAlias({ AliasName: name, TargetKeyId: targetKeyId });
    made(name);
  },

  async read({ aws, region }, id) {
    const kms = await aws.kms(region);
    let marker: string | undefined;
    do {
      const page = await kms.listAliases({ Marker: marker });
      const alias = page.Aliases?.find(({ AliasName }) => AliasName === id);
      if (alias?.AliasArn !== undefined && alias.TargetKeyId !== undefined) {
        return {
          arn: alias.AliasArn,
          name: id,
          targetKeyArn: alias.AliasArn.replace(`:${id}`, `:key/${alias.TargetKeyId}`),
          targetKeyId: alias.TargetKeyId,
        };
      }
      marker = page.NextMarker;
    } while (marker !== undefined);
    return undefined;
  },

  async update({ aws, region }, id, { targetKeyId }) {
    const kms = await aws.kms(region);
    await kms.updateAlias({ AliasName: id, TargetKeyId: targetKeyId });
  },

  async delete({ aws, region }, id) {
    const kms = await aws.kms(region);
    await unlessError(['NotFoundException'], () => kms.deleteAlias({ AliasName: id }));
  },
});
