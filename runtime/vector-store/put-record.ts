// A record of unknown origin, read once: what is checked is what is sent, whatever its properties say the next time.
import type { IndexShape } from '../../contract/index-shape';
import type { Problem } from '../../contract/vectors/problem';
import { validateRecord } from '../../contract/vectors/record';
import type { VectorRecord } from '../../contract/vectors/record';
import { messageOf } from '../runtime-error';

export interface CheckedRecord {
  readonly record: VectorRecord;
  /** Every rule that it breaks; empty where it may be sent. */
  readonly problems: readonly Problem[];
}

/** Never throws, whatever a source yields. */
export function checkedRecord(given: unknown, shape: IndexShape): CheckedRecord {
  if (typeof given !== 'object' || given === null) {
    const what = given === null ? 'null' : typeof given;
    return broken(`is ${what}, not an object with key and data`);
  }
  let record: VectorRecord | undefined;
  try {
    const { key, data, metadata } = given as VectorRecord;
    record = { key, data, metadata };
    return { record, problems: [...validateRecord(record, shape), ...unreadable(metadata)] };
  } catch (thrown) {
    return broken(`threw when it was read: ${messageOf(thrown)}`, record?.key);
  }
}

function broken(message: string, key?: string): CheckedRecord {
  return { record: { key, data: [] } as unknown as VectorRecord, problems: [{ path: 'record', message }] };
}

/** S3 Vectors keeps such a key, and the AWS SDK for JavaScript reads it back without its value. */
function unreadable(metadata: unknown): Problem[] {
  return typeof metadata === 'object' && metadata !== null && Object.hasOwn(metadata, '__proto__')
    ? [
        {
          path: 'metadata.__proto__',
          message: 'is a key whose value the AWS SDK for JavaScript loses; give it another name',
        },
      ]
    : [];
}
