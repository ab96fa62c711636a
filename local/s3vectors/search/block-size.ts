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

/** Bytes that the last block of an index begins with in memory: it doubles as it fills, so that small indexes take little. */
const FIRST_BLOCK_BYTES = 64 * 1024;

/** Slots to have room for in the memory of a block that holds so many, a multiple of 8. */
export function roomFor(slots: number, dimension: number): number {
  const most = slotsPerBlock(dimension);
  let room = Math.max(8, Math.floor(FIRST_BLOCK_BYTES / recordBytes(dimension) / 8) * 8);
  while (room < slots) room *= 2;
  return Math.min(most, room);
}
