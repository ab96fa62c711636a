// Reading slots from an index's files, in any thread.
import { readSync } from 'node:fs';
import type { SlotSource } from './scan-target';

/**
 * Reads the slots from `first` on, as many as fit the bytes.
 * @throws when the file ends before the last of them
 */
export function readSlots(source: SlotSource, first: number, bytes: Uint8Array): void {
  const { descriptor, path, headerBytes, slotBytes } = source;
  const start = headerBytes + first * slotBytes;
  for (let done = 0; done < bytes.length;) {
    const bytesRead = readSync(descriptor, bytes, done, bytes.length - done, start + done);
    if (bytesRead === 0) {
      const last = first + bytes.length / slotBytes - 1;
      throw new Error(
        `${path} ends at byte ${start + done}, before slot ${last}: the file was cut or replaced; ` +
          'restore the data directory from a copy.',
      );
    }
    done += bytesRead;
  }
}
