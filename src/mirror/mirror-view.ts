import type { Outbox, OutboxDepth } from '../outbox/outbox.ts';
import type { Clock } from '../platform/clock.ts';
import { within } from '../platform/deadline.ts';
import { usualLimits } from './mirror.ts';
import { type MirrorTurn, turnOf } from './mirror-turn.ts';

/** What is shown of a mirror, wherever it runs. `null` is not known here. */
export type MirrorView = {
  readonly turn: MirrorTurn | null;
  readonly depth: OutboxDepth | null;
  /** Milliseconds since the Unix epoch. */
  readonly lastComparedAtMs: number | null;
  readonly mismatches: number | null;
};

const patienceMs = 1000;

/** Of a mirror in another process: only the outbox, which is asked when somebody looks, tells how far it is. */
export function viewFromOutbox(outbox: Pick<Outbox, 'depth'>, clock: Clock): () => Promise<MirrorView> {
  let turn: MirrorTurn | null = null;
  return async () => {
    const depth = await within(outbox.depth(), patienceMs, clock).catch(() => null);
    if (depth !== null) turn = turnOf(turn, depth, usualLimits.behindAfterMs) ?? turn;
    return { turn: depth === null ? null : turn, depth, lastComparedAtMs: null, mismatches: null };
  };
}
