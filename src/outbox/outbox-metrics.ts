import type { Metrics } from '../platform/metrics.ts';
import type { Outbox, OutboxDepth } from './outbox.ts';

/** Measures what the backup has not seen yet, when somebody looks: the source is asked once a look. */
export function measureOutbox(outbox: Pick<Outbox, 'depth'>, metrics: Metrics): void {
  let reading: Promise<OutboxDepth> | null = null;
  const depth = () => {
    reading ??= outbox.depth().finally(() => {
      reading = null;
    });
    return reading;
  };
  const states = ['waiting', 'parked'] as const;
  metrics.gauge(
    {
      name: 'tidemark_outbox_rows',
      help: 'Changes that the backup has not got: waiting for it, or parked after too many tries.',
      labels: { state: states },
    },
    async () => {
      const now = await depth();
      return states.map((state) => ({ labels: { state }, value: now[state] }));
    },
  );
  metrics.gauge(
    {
      name: 'tidemark_outbox_oldest_age_seconds',
      help: 'How long the oldest change has waited for the backup; 0 when none waits.',
      labels: {},
    },
    async () => [{ labels: {}, value: ((await depth()).oldestAgeMs ?? 0) / 1000 }],
  );
}
