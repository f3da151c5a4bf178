import type { Outbox, OutboxDepth } from '../outbox/outbox.ts';
import type { Clock } from '../platform/clock.ts';
import { within } from '../platform/deadline.ts';
import { defaultLimits } from './mirror.ts';
import { type MirrorTurn, turnOf } from './mirror-turn.ts';

/** The public state of a mirror, wherever it runs. `null` is unknown here. */
export type MirrorView = {
  readonly turn: MirrorTurn | null;
  readonly depth: OutboxDepth | null;
  /** Milliseconds since the Unix epoch. */
  readonly lastComparedAtMs: number | null;
  readonly mismatches: number | null;
};

const patienceMs = 1000;

/** For a mirror in another process: its progress is only known from the outbox, which is queried on demand. */
export function viewFromOutbox(outbox: Pick<Outbox, 'depth'>, clock: Clock): () => Promise<MirrorView> {
  let turn: MirrorTurn | null = null;
  return async () => {
    const depth = await within(outbox.depth(), patienceMs, clock).catch(() => null);
    if (depth !== null) turn = turnOf(turn, depth, defaultLimits.behindAfterMs) ?? turn;
    return { turn: depth === null ? null : turn, depth, lastComparedAtMs: null, mismatches: null };
  };
}
