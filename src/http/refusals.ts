import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';

/** Why a client was turned away before anything was done for it. */
export const refusalReasons = [
  'requests',
  'requests_of_client',
  'streams',
  'streams_of_client',
  'events_of_client',
  'bodies',
  'bodies_of_client',
  'connections',
  'connections_of_client',
  'idle_connection_closed',
  'host',
  'malformed',
  'timeout',
  'headers_too_large',
] as const;
export type RefusalReason = (typeof refusalReasons)[number];

export type Refused = { readonly client: string | undefined; readonly path?: string | undefined };

const quietMs = 10_000;

/** Counts refused clients, and logs them at intervals, so that repeated refusals do not flood the log. */
export class Refusals {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #counted: (labels: { readonly reason: RefusalReason }) => void;
  readonly #told = new Map<RefusalReason, { atMs: number; since: number }>();

  constructor({ clock, log, metrics }: { clock: Clock; log: Logger; metrics: Metrics }) {
    this.#clock = clock;
    this.#log = log;
    this.#counted = metrics.counter({
      name: 'tidemark_http_refused_total',
      help: 'Requests and connections refused before anything was done for them, by reason.',
      labels: { reason: refusalReasons },
    });
  }

  count(reason: RefusalReason, { client, path }: Refused): void {
    this.#counted({ reason });
    const nowMs = this.#clock.monotonic();
    const told = this.#told.get(reason);
    if (told !== undefined && nowMs - told.atMs < quietMs) {
      told.since += 1;
      return;
    }
    this.#told.set(reason, { atMs: nowMs, since: 0 });
    const unsaid = told?.since ?? 0;
    this.#log.warn(
      { reason, client, ...(path !== undefined && { path: path.slice(0, 100) }), ...(unsaid > 0 && { unsaid }) },
      'refused requests or connections',
    );
  }
}
