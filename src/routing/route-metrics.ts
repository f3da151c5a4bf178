import { nodeRoles } from '../cluster/node.ts';
import { TidemarkError } from '../errors.ts';
import { durationBucketsS, type Metrics } from '../platform/metrics.ts';
import { type Route, type RouteReason, routeReasons } from './route-decision.ts';

const reasons = Object.keys(routeReasons) as readonly RouteReason[];
const refusals = [
  'SOURCE_UNAVAILABLE',
  'LIMITED_FUNCTIONALITY',
  'SOURCE_READS_EXHAUSTED',
  'CONSISTENCY_TIMEOUT',
  'REQUEST_ABANDONED',
] as const;

/** Counts where operations are sent and why, and measures waits for replicas. */
export class RouteMetrics {
  readonly #decided;
  readonly #refused;
  readonly #waited;

  constructor(metrics: Metrics) {
    this.#decided = metrics.counter({
      name: 'tidemark_route_decisions_total',
      help: 'Operations by the role of the node that was chosen for them, and why.',
      labels: { role: nodeRoles, reason: reasons },
    });
    this.#refused = metrics.counter({
      name: 'tidemark_route_refusals_total',
      help: 'Operations for which no node was chosen, by error code.',
      labels: { code: refusals },
    });
    this.#waited = metrics.histogram({
      name: 'tidemark_route_wait_seconds',
      help: 'Time that reads waited for a replica, for those that waited, by the role that served them.',
      labels: { outcome: ['replica', 'source', 'refused'] },
      buckets: durationBucketsS,
    });
  }

  async read(route: () => Promise<Route>): Promise<Route> {
    try {
      return this.#count(await route());
    } catch (error) {
      throw this.#countRefusal(error);
    }
  }

  write(route: () => Route): Route {
    try {
      return this.#count(route());
    } catch (error) {
      throw this.#countRefusal(error);
    }
  }

  #count(route: Route): Route {
    const { role, reason, waitedMs } = route.decision;
    this.#decided({ role, reason });
    if (waitedMs > 0) this.#waited({ outcome: role === 'REPLICA' ? 'replica' : 'source' }, waitedMs / 1000);
    return route;
  }

  #countRefusal(error: unknown): unknown {
    if (!(error instanceof TidemarkError)) return error;
    this.#refused({ code: error.code as (typeof refusals)[number] });
    const { waitedMs } = error.facts;
    if (typeof waitedMs === 'number' && waitedMs > 0) this.#waited({ outcome: 'refused' }, waitedMs / 1000);
    return error;
  }
}
