import type { Metrics } from '../platform/metrics.ts';
import type { Outbox, OutboxDepth } from './outbox.ts';

/** Metrics of what the backup lacks. Each scrape queries the source once. */
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
      help: 'Changes that the backup lacks: waiting, or parked after too many attempts.',
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
      help: 'Age of the oldest change waiting for the backup; 0 if none is waiting.',
      labels: {},
    },
    async () => [{ labels: {}, value: ((await depth()).oldestAgeMs ?? 0) / 1000 }],
  );
}
