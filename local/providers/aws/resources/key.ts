// aws.kms.Key: a symmetric encryption key. Deleting it schedules its deletion, as KMS has it.
import type { KeyArgs, KeyState } from '@pulumi/aws/kms/key';
import type { KMS } from '@aws-sdk/client-kms';
import { unlessError } from '../../plugin/aws-clients';
import { boolean, document, map, number, refused, string } from '../../plugin/shape';
import { bridged } from '../bridged';

const GONE = ['NotFoundException'];

export const key = bridged<KeyArgs, KeyState>({
  token: 'aws:kms/key:Key',
  source: 'terraform-provider-aws internal/service/kms/key.go',
  inputs: {
    bypassPolicyLockoutSafetyCheck: boolean({ default: false, unread: true }),
    customKeyStoreId: refused(),
    customerMasterKeySpec: string({ default: 'SYMMETRIC_DEFAULT', replaces: true }),
    deletionWindowInDays: number({ range: [7, 30], unread: true }),
    description: string({ computed: true }),
    enableKeyRotation: boolean({ default: false }),
    isEnabled: boolean({ default: true }),
    keyUsage: string({ default: 'ENCRYPT_DECRYPT', replaces: true }),
    multiRegion: boolean({ computed: true, replaces: true }),
    policy: document({ computed: true, text: true }),
    region: string({ computed: true, replaces: true }),
    rotationPeriodInDays: number({ computed: true, range: [90, 2560] }),
    tags: map(string()),
    xksKeyId: refused(),
  },
  outputs: ['arn', 'keyId', 'tagsAll'],
  validate: ({ rotationPeriodInDays, enableKeyRotation }) =>
    rotationPeriodInDays !== undefined && enableKeyRotation === false
      ? [{ property: 'rotationPeriodInDays', reason: 'needs enableKeyRotation: true' }]
      : [],

  async create({ aws, region }, inputs, tags, made) {
    const kms = await aws.kms(region);
    const { KeyMetadata } = await kms.createKey({
      BypassPolicyLockoutSafetyCheck: inputs.bypassPolicyLockoutSafetyCheck,
      Description: inputs.description,
      KeySpec: inputs.customerMasterKeySpec as 'SYMMETRIC_DEFAULT',
      KeyUsage: inputs.keyUsage as 'ENCRYPT_DECRYPT',
      MultiRegion: inputs.multiRegion,
      Policy: inputs.policy,
      Tags: kmsTags(tags),
    });
    const id = KeyMetadata?.KeyId;
    if (id === undefined) throw new Error('CreateKey answered without a key id');
    made(id);
    if (inputs.enableKeyRotation === true) await rotate(kms, id, true, inputs.rotationPeriodInDays);
    if (inputs.isEnabled === false) await kms.disableKey({ KeyId: id });
  },

  async read({ aws, region }, id) {
    const kms = await aws.kms(region);
    const metadata = (await unlessError(GONE, () => kms.describeKey({ KeyId: id })))?.KeyMetadata;
    // A key that waits for its deletion cannot be used or changed: as good as gone.
    if (metadata === undefined || metadata.KeyState?.startsWith('Pending') === true) return undefined;
    const [policy, rotation, tags] = await Promise.all([
      kms.getKeyPolicy({ KeyId: id, PolicyName: 'default' }),
      kms.getKeyRotationStatus({ KeyId: id }),
      kms.listResourceTags({ KeyId: id }),
    ]);
    return {
      arn: metadata.Arn,
      keyId: metadata.KeyId,
      customerMasterKeySpec: metadata.KeySpec,
      description: metadata.Description,
      enableKeyRotation: rotation.KeyRotationEnabled,
      isEnabled: metadata.Enabled,
      keyUsage: metadata.KeyUsage,
      multiRegion: metadata.MultiRegion,
      policy: policy.Policy,
      rotationPeriodInDays: rotation.KeyRotationEnabled === true ? rotation.RotationPeriodInDays : undefined,
      tagsAll: Object.fromEntries(
        (tags.Tags ?? []).map(({ TagKey, TagValue }) => [TagKey ?? '', TagValue ?? '']),
      ),
    };
  },

  async update({ aws, region }, id, news, state, tags) {
    const kms = await aws.kms(region);
    // A disabled key cannot be changed: enable first, disable last.
    if (news.isEnabled === true && state.isEnabled === false) await kms.enableKey({ KeyId: id });
    if (
      news.enableKeyRotation !== state.enableKeyRotation ||
      (news.rotationPeriodInDays !== undefined && news.rotationPeriodInDays !== state.rotationPeriodInDays)
    ) {
      await rotate(kms, id, news.enableKeyRotation === true, news.rotationPeriodInDays);
    }
    if (news.description !== undefined && news.description !== state.description) {
      await kms.updateKeyDescription({ KeyId: id, Description: news.description });
    }
    if (news.policy !== undefined && news.policy !== state.policy) {
      await kms.putKeyPolicy({
        KeyId: id,
        PolicyName: 'default',
        Policy: news.policy,
        BypassPolicyLockoutSafetyCheck: news.bypassPolicyLockoutSafetyCheck,
      });
    }
    if (Object.keys(tags.set).length > 0) await kms.tagResource({ KeyId: id, Tags: kmsTags(tags.set) });
    if (tags.remove.length > 0) await kms.untagResource({ KeyId: id, TagKeys: tags.remove });
    if (news.isEnabled === false && state.isEnabled !== false) await kms.disableKey({ KeyId: id });
  },

  async delete({ aws, region }, id, state) {
    const kms = await aws.kms(region);
    await unlessError(GONE, () =>
      kms.scheduleKeyDeletion({ KeyId: id, PendingWindowInDays: state.deletionWindowInDays }),
    );
  },
});

const kmsTags = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));

async function rotate(kms: KMS, id: string, on: boolean, days: number | undefined): Promise<void> {
  if (on) await kms.enableKeyRotation({ KeyId: id, RotationPeriodInDays: days });
  else await kms.disableKeyRotation({ KeyId: id });
}
