/**
 * Health checks, answered from a result at most a second old, so that frequent probing costs nothing.
 *
 *   /readyz, /readyz/read   200 if some server answers reads, else 503 LIMITED_FUNCTIONALITY
 *   /readyz/write           200 if a server accepts writes, else 503 SOURCE_UNAVAILABLE
 *   /health/<node>          200 if the server answers, DEGRADED too; 503 if it is DOWN or was never seen; else 404
 */
import type { ServerResponse } from 'node:http';
import type { ClusterHealth, NodeHealth } from '../cluster/cluster-health.ts';
import { problemInWords } from '../cluster/problem.ts';
import type { Clock } from '../platform/clock.ts';
import { respondError, respondJson } from './respond.ts';

/** The known state of the servers: no addresses, no secrets. */
export type HealthSource = () => ClusterHealth | Promise<ClusterHealth>;

/** `detailed`: with the names of the servers, for callers who may know them. */
type Answer = (response: ServerResponse, detailed?: boolean) => Promise<void>;
export type HealthAnswers = { readonly reads: Answer; readonly writes: Answer; node(name: string): Answer };

const keptMs = 1000;

export function answerHealth(source: HealthSource, clock: Clock): HealthAnswers {
  let kept: { readonly atMs: number; readonly health: Promise<ClusterHealth | null> } | null = null;
  const ask = () => {
    const nowMs = clock.monotonic();
    if (kept === null || nowMs - kept.atMs >= keptMs) {
      const health = Promise.resolve()
        .then(source)
        .catch(() => null);
      kept = { atMs: nowMs, health };
    }
    return kept.health;
  };
  const readiness =
    (does: 'reads' | 'writes', code: string): Answer =>
    async (response, detailed = true) => {
      const health = await ask();
      if (health === null) return unavailable(response, {});
      const { verdict, reads, writes, nodes, problems } = health;
      const details = { nodes: nodes.map(inWords), problems: problems.map(problemInWords) };
      const facts = { verdict, reads, writes, ...(detailed && details) };
      if (health[does]) respondJson(response, 200, { status: 'ready', ...facts });
      else unavailable(response, { code, ...facts });
    };
  return {
    reads: readiness('reads', 'LIMITED_FUNCTIONALITY'),
    writes: readiness('writes', 'SOURCE_UNAVAILABLE'),
    node:
      (name) =>
      async (response, detailed = true) => {
        const health = await ask();
        if (health === null) return unavailable(response, {});
        const node = health.nodes.find((known) => known.name === name);
        if (node !== undefined) {
          respondJson(response, answers(node) ? 200 : 503, detailed ? node : { name: node.name, state: node.state });
        } else if (!detailed) respondError(response, 404, 'NODE_UNKNOWN', 'There is no node of this name.');
        else {
          const names = health.nodes.map((known) => known.name).join(', ');
          respondError(response, 404, 'NODE_UNKNOWN', `There is no node of this name. Nodes: ${names}.`);
        }
      },
  };
}

/** Answered by a process that is shutting down. */
export function answerStopping(response: ServerResponse): void {
  respondJson(response, 503, { status: 'stopping' });
}

function unavailable(response: ServerResponse, facts: object): void {
  response.setHeader('retry-after', '1');
  respondJson(response, 503, { status: 'unavailable', ...facts });
}

function answers({ state }: NodeHealth): boolean {
  return state === 'HEALTHY' || state === 'DEGRADED';
}

function inWords({ name, state, trouble }: NodeHealth): string {
  return `${name} ${state}${trouble === null ? '' : ` (${trouble})`}`;
}
