import type { Plugin } from 'graphql-yoga';
import type { Clock } from '../../platform/clock.ts';
import type { RoutingLog } from '../../routing/routing-log.ts';
import { factsOf } from '../request-facts.ts';

/** Logs every operation that needed a node. `null` disables it. */
export function useRoutingLog(clock: Clock, log: RoutingLog | null): Plugin {
  if (log === null) return {};
  return {
    onResultProcess({ request, result }) {
      const { asked, required, decision, operation, startedMs } = factsOf(request);
      if (asked === null || Array.isArray(result) || Symbol.asyncIterator in result) return;
      const [error] = result.errors ?? [];
      log.note({
        atMs: clock.now(),
        operation: operation ?? { name: null, type: 'query' },
        level: asked.level,
        required: required?.position ?? null,
        decision,
        tookMs: clock.monotonic() - startedMs,
        errorCode: error === undefined ? null : String(error.extensions?.code ?? 'UNKNOWN'),
      });
    },
  };
}
