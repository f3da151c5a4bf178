import type { OutboxDepth } from '../outbox/outbox.ts';

export type MirrorTurn = 'BEHIND' | 'CAUGHT_UP';

/**
 * The mirror's change of state, `null` for none. The thresholds differ, so that the state does not flap. A parked entry is a record that
 * the backup lacks: as long as there is one the mirror is behind.
 */
export function turnOf(before: MirrorTurn | null, depth: OutboxDepth, behindAfterMs: number): MirrorTurn | null {
  const ageMs = depth.oldestAgeMs ?? 0;
  if (depth.parked > 0 || ageMs > behindAfterMs) return before === 'BEHIND' ? null : 'BEHIND';
  if (ageMs <= behindAfterMs / 5) return before === 'CAUGHT_UP' ? null : 'CAUGHT_UP';
  return null;
}
