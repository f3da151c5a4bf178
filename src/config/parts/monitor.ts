import { part } from '../part.ts';
import { integer, integerOrOff } from '../values.ts';
import { variable } from '../variable.ts';

/** How the servers are monitored. */
export const monitor = part('Watching the servers', {
  intervalMs: variable('MONITOR_INTERVAL_MS', integerOrOff(10, 3_600_000), {
    default: 1000,
    about:
      'How often each server is probed; `off`: only at start, after a lost connection, and while the server is in trouble.',
  }),
  timeoutMs: variable('MONITOR_TIMEOUT_MS', integer(10, 60_000), { default: 400, about: 'How long a probe may take.' }),
  maxLagMs: variable('MAX_LAG_MS', integer(0, 86_400_000), {
    default: 30_000,
    about: 'A replica that lags more than this is degraded.',
  }),
  minServingReplicas: variable('MIN_SERVING_REPLICAS', integer(0, 100), {
    default: 1,
    about:
      'If fewer replicas than this are healthy, the least lagging ones also serve reads whose staleness bound they meet.',
  }),
  failureThreshold: variable('FAILURE_THRESHOLD', integer(1, 100), {
    default: 2,
    about: 'Failed probes in a row after which a server is left out.',
  }),
  recoveryThreshold: variable('RECOVERY_THRESHOLD', integer(1, 100), {
    default: 2,
    about: 'Successful probes in a row after which it is back.',
  }),
  patienceMs: variable('NODE_PATIENCE_MS', integer(10, 60_000), {
    default: 50,
    about: 'Work that takes longer makes the API probe its server; a silent server is left.',
  }),
});
