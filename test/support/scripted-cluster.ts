import { Cluster } from '../../src/cluster/cluster.ts';
import type { ClusterOptions } from '../../src/cluster/cluster-options.ts';
import type { HealthPolicy } from '../../src/cluster/health.ts';
import type { Node } from '../../src/cluster/node.ts';
import { createLog } from '../../src/platform/log.ts';
import { positions } from '../../src/servers/known-flavours.ts';
import { at, makeNode, ScriptedProbe } from './scripted-probe.ts';
import { TickingClock } from './ticking-clock.ts';

export type ScriptedCluster = {
  readonly clock: TickingClock;
  readonly cluster: Cluster;
  probe(name: string): ScriptedProbe;
  /** All servers have applied the first `sequence` transactions, and the monitor has seen it. */
  allAt(sequence: number): Promise<void>;
};

export const health = { failureThreshold: 2, recoveryThreshold: 2, maxLagMs: 30_000, minServingReplicas: 0 };

type Given = Partial<HealthPolicy> & Partial<Pick<ClusterOptions['monitor'], 'intervalMs'>>;

/** A watched cluster of servers that do what a test tells them to. The caller stops it. */
export async function startScriptedCluster(
  nodes?: readonly (string | Node)[],
  given?: Given,
): Promise<ScriptedCluster> {
  const scripted = makeScriptedCluster(nodes, given);
  await scripted.cluster.start();
  return scripted;
}

/** One that is not watched yet. */
export function makeScriptedCluster(
  nodes: readonly (string | Node)[] = ['source', 'replica-1', 'replica-2'],
  given: Given = {},
): ScriptedCluster {
  const clock = new TickingClock();
  const probes = new Map<string, ScriptedProbe>();
  const cluster = new Cluster({
    nodes: nodes.map((node) => (typeof node === 'string' ? makeNode(node) : node)),
    positions,
    clock,
    random: () => 0.5,
    log: createLog({ level: 'silent', format: 'json' }),
    health: { ...health, ...given },
    monitor: { intervalMs: given.intervalMs ?? 1000, downIntervalMs: 250, timeoutMs: 400 },
    tracker: { sliceMs: 25, maxWaiters: 1000 },
    probes: (node, listener) => {
      const probe = new ScriptedProbe(clock, node.configuredRole === 'REPLICA' ? 'REPLICA' : 'SOURCE');
      probe.listener = listener;
      probe.report = { identity: node.name };
      probes.set(node.name, probe);
      return probe;
    },
  });
  return {
    clock,
    cluster,
    probe: (name) => {
      const probe = probes.get(name);
      if (probe === undefined) throw new Error(`No probe of ${name}`);
      return probe;
    },
    allAt: async (sequence) => {
      for (const probe of probes.values()) probe.apply(at(sequence));
      await clock.tick(1000);
    },
  };
}
