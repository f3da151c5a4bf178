import type { ServerResponse } from 'node:http';
import type { Clock } from '../platform/clock.ts';
import { respondJson } from './respond.ts';

/** Whether requests can be served now. `facts` are shown to whoever asks: no addresses, no secrets. */
export type Readiness = { readonly ready: boolean; readonly facts: Readonly<Record<string, unknown>> };
export type ReadinessProbe = () => Readiness | Promise<Readiness>;

const keptMs = 1000;

/** Answers `/readyz` from an answer at most a second old: probing often must cost nothing. */
export function createReadiness(probe: ReadinessProbe, clock: Clock): (response: ServerResponse) => Promise<void> {
  let kept: { readonly atMs: number; readonly readiness: Promise<Readiness> } | null = null;
  return async (response) => {
    const nowMs = clock.monotonic();
    if (kept === null || nowMs - kept.atMs >= keptMs) {
      kept = { atMs: nowMs, readiness: Promise.resolve().then(probe) };
    }
    const readiness = await kept.readiness.catch((): Readiness => ({ ready: false, facts: {} }));
    respondJson(response, readiness.ready ? 200 : 503, {
      status: readiness.ready ? 'ready' : 'unavailable',
      ...readiness.facts,
    });
  };
}
