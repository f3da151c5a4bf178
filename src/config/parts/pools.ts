import { part } from '../part.ts';
import { integer } from '../values.ts';
import { variable } from '../variable.ts';

/** The connection pool of each server. */
export const pools = part('Connections', {
  connectionsPerNode: variable('CONNECTIONS_PER_NODE', integer(1, 1000), {
    default: 16,
    about: 'Size of the pool of each server, per process.',
  }),
  acquireTimeoutMs: variable('ACQUIRE_TIMEOUT_MS', integer(10, 60_000), {
    default: 2000,
    about: 'How long to wait for a free connection.',
  }),
  statementTimeoutMs: variable('STATEMENT_TIMEOUT_MS', integer(10, 600_000), {
    default: 10_000,
    about: 'How long one statement may run.',
  }),
});
