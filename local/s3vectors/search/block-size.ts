// How many vectors a block has: large enough to scan at full speed and to hand out cheaply, small enough that cores
// share an index evenly.
import { recordBytes } from './record-format';

/** Bytes of the records of a block, at most. */
export const MAX_BLOCK_BYTES = 2 * 1024 * 1024;
/** Slots of a block, at most. */
export const MAX_BLOCK_SLOTS = 4096;

/** Slots of a block, a multiple of 8. */
export function slotsPerBlock(dimension: number): number {
  const fitting = Math.floor(MAX_BLOCK_BYTES / recordBytes(dimension));
  return Math.min(MAX_BLOCK_SLOTS, fitting - (fitting % 8));
}
