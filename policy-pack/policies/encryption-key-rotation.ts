// A key that never rotates makes every day's leak a leak of all days.
import { resourcePolicy } from '../policy';
import { asEncryptionKey } from '../resources/keys';
import { describeResource } from '../resources/judged';
import { isUnknown } from '../resources/known';

export const encryptionKeyRotation = resourcePolicy({
  name: 'encryption-key-rotation',
  displayName: 'Encryption keys rotate',
  description: 'A symmetric KMS key of its own material has automatic rotation enabled.',
  severity: 'medium',
  tags: ['encryption', 'kms'],
  remediationSteps: 'Set enableKeyRotation to true, or use the EncryptionKey component.',
  url: 'https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html',
  judge(resource, report) {
    const key = asEncryptionKey(resource);
    // KMS rotates no other key (KMS Developer Guide, "Rotate AWS KMS keys").
    if (key?.canRotate !== true) return;
    const what = describeResource(resource, 'key', undefined);
    if (isUnknown(key.rotates)) {
      report.advisory(`${what}: whether it rotates is not known yet; write enableKeyRotation as true.`);
    } else if (key.rotates !== true) {
      report.violation(`${what}: it does not rotate; set enableKeyRotation to true.`);
    }
  },
});
