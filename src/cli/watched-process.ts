/** Common parts of processes without GraphQL: a log, lifecycle, and a port for monitoring. */
import type { Config } from '../config/config.ts';
import { PrometheusMetrics } from '../http/prometheus.ts';
import { type Readiness, startWatchServer, type WatchServer } from '../http/watch-server.ts';
import { systemClock } from '../platform/clock.ts';
import { Lifecycle } from '../platform/lifecycle.ts';
import { createLog, type Logger } from '../platform/log.ts';
import { measureLog } from '../platform/log-metrics.ts';
import { watchForTheEnd } from './ending.ts';

export type Working = {
  readonly log: Logger;
  readonly lifecycle: Lifecycle;
  /** `null` if it is not written. */
  readonly metrics: PrometheusMetrics | null;
};

export type WatchedWork = {
  /** `null` if there is no monitoring port. */
  readonly port: number | null;
  /** The variable that names the port. */
  readonly setting: string;
  /** Starts the parts; returns how to tell whether they work, and what to log once they do. */
  readonly start: (working: Working) => Promise<{
    readonly readiness: () => Readiness;
    readonly begun: () => void;
  }>;
};

/** Works until the process is asked to end. Resolves to its exit status. */
export async function runWatched(config: Config, { port, setting, start }: WatchedWork): Promise<number> {
  const log = createLog(config.log);
  const ending = watchForTheEnd(log);
  const lifecycle = new Lifecycle(systemClock, log);
  const measured = config.http.metrics && port !== null;
  const metrics = measured ? new PrometheusMetrics({ clock: systemClock, runtime: true }) : null;
  if (metrics !== null) measureLog(log, metrics);
  const { readiness, begun } = await start({ log, lifecycle, metrics });
  let watched: WatchServer | null = null;
  await lifecycle.start({
    name: 'watch',
    start: async () => {
      if (port === null) return;
      const { host } = config.http;
      const reach = { ...config.http, production: config.environment === 'production' };
      watched = await startWatchServer({ host, port, setting, reach, readiness, metrics, clock: systemClock, log });
      log.info({ url: watched.url }, 'monitoring port is open');
    },
    stop: () => watched?.stop(),
  });
  begun();
  await ending.reached;
  await lifecycle.stop();
  log.info('stopped');
  await log.close();
  return ending.exitCode();
}
