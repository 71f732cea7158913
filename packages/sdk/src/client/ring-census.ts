import { HEADER_BYTES, KIND } from '../record/format.js';
import { CONTROL_BYTES, COUNT, nextLap, nextPosition, type RingMemory, SLOT } from '../ring/layout.js';
import { handedOverAndUndecided, undecidedScores } from './stats.js';

const KIND_OFFSET = 4;

/**
 * Books what a consumer took with it when it died: every span that was handed over, is not in the ring any more, and
 * is neither delivered nor dropped. Counted from what is left in the ring, because the consumer may have died between
 * taking a record and saying so. Only while no consumer runs.
 */
export function bookWhatDied(memory: RingMemory): void {
  const { counts } = memory;
  const left = recordsInRing(memory, KIND.END);
  const lost = Math.max(0, handedOverAndUndecided(counts) - left);
  counts[COUNT.DROPPED_WORKER_STOPPED] = (counts[COUNT.DROPPED_WORKER_STOPPED] ?? 0) + lost;
  counts[COUNT.TAKEN] = (counts[COUNT.HANDED_OVER] ?? 0) - left;
  const lostScores = Math.max(0, undecidedScores(counts) - recordsInRing(memory, KIND.SCORE));
  counts[COUNT.SCORES_LOST] = (counts[COUNT.SCORES_LOST] ?? 0) + lostScores;
}

/** Records of a kind between the two positions. */
function recordsInRing({ shared, capacityBytes, overhangBytes, slots }: RingMemory, kind: number): number {
  const bytes = new DataView(shared, CONTROL_BYTES, capacityBytes + overhangBytes);
  const words = new Uint32Array(shared, CONTROL_BYTES, (capacityBytes + overhangBytes) >> 2);
  const writePosition = Atomics.load(slots, SLOT.WRITE_POSITION);
  const rewindAt = Atomics.load(slots, SLOT.REWIND_AT);
  let position = Atomics.load(slots, SLOT.READ_POSITION);
  let count = 0;
  while (position !== writePosition) {
    if (position === rewindAt) {
      position = nextLap(position, capacityBytes);
      continue;
    }
    const offset = position & (capacityBytes - 1);
    const lengthBytes = words[offset >> 2] ?? 0;
    // No record: whoever reads on will resynchronise, and count what that costs.
    if (lengthBytes < HEADER_BYTES || lengthBytes > overhangBytes) return count;
    if (bytes.getUint8(offset + KIND_OFFSET) === kind) count++;
    position = nextPosition(position, lengthBytes, capacityBytes);
  }
  return count;
}
