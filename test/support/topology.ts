import type { Channel } from '../../src/cluster/channel.ts';
import { type ClusterHealth, clusterHealth } from '../../src/cluster/cluster-health.ts';
import { type ClusterSnapshot, withSourceRemembered, writableSource } from '../../src/cluster/cluster-snapshot.ts';
import { afterFailedProbe, afterGoodProbe, afterSilence } from '../../src/cluster/health.ts';
import { type NodeStatus, type ProbeReport, unseen } from '../../src/cluster/node-status.ts';
import { channelsOf, withRoles } from '../../src/cluster/standings.ts';
import { writabilityAfter } from '../../src/cluster/writability.ts';
import { at, makeNode, makeReport } from '../support/scripted-probe.ts';

const policy = { failureThreshold: 2, recoveryThreshold: 1, maxLagMs: 30_000, minServingReplicas: 0 };

/** What a server says: `follows` names servers, with `stopped` the threads of these channels do not run. */
export type Says = Partial<ProbeReport> & {
  readonly writes?: boolean;
  readonly follows?: readonly string[];
  readonly stopped?: boolean;
  readonly has?: number;
  readonly epoch?: readonly [epoch: number, source: string];
};

/** Servers as one process learns of them, look by probe, without any server: `source` and others that are replicas. */
export class Topology {
  #snapshot: ClusterSnapshot;
  #nowMs = 0;

  constructor(names: readonly string[]) {
    this.#snapshot = names.map((name) => unseen(makeNode(name, { host: name })));
  }

  /** All at once, in the sequence given: everybody is probed before somebody is chosen. */
  says(all: Readonly<Record<string, Says>>): this {
    for (const [name, said] of Object.entries(all)) this.#probe(name, said);
    return this;
  }

  dies(name: string): this {
    this.#change(name, (status) => afterSilence(status, 'lost the connection'));
    for (let probe = 0; probe < 2; probe += 1) {
      this.#change(name, (status) => afterFailedProbe(status, 'refuses the connection', policy));
    }
    return this;
  }

  get source(): string | null {
    return writableSource(this.#snapshot)?.node.name ?? null;
  }

  get roles(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#snapshot.map(({ node, role }) => [node.name, role]));
  }

  get snapshot(): ClusterSnapshot {
    return this.#snapshot;
  }

  health(): ClusterHealth {
    return clusterHealth(this.#snapshot, this.#nowMs);
  }

  #probe(name: string, { writes = false, follows = [], stopped = false, has = 5, epoch, ...given }: Says): void {
    const asOfMs = this.#nowMs + 1;
    const reportedMs = this.#nowMs + 2;
    const channels = follows.map((source): Channel => {
      const running = !stopped;
      const sourceId = source.startsWith('another') ? '99' : source;
      const place = { name: source, sourceId, host: source, port: 3306 };
      return { ...place, receiving: running, applying: running, delayMs: 0, lagMs: 0, error: null };
    });
    const applier = channels.length === 0 ? 'NONE' : stopped ? 'STOPPED' : 'RUNNING';
    const report = makeReport(writes ? 'SOURCE' : 'REPLICA', {
      identity: name,
      id: name,
      readOnly: !writes,
      applier,
      receiving: channels.length > 0 && !stopped,
      channels,
      position: at(has),
      epochs: epoch ? [{ epoch: epoch[0], sourceId: epoch[1], endOfPrevious: null }] : null,
      ...given,
    });
    this.#change(name, (before) => {
      const writability = writabilityAfter(before, report, channelsOf(report), reportedMs);
      return { ...afterGoodProbe(before, report, asOfMs, policy, this.#snapshot), reportedMs, writability };
    });
  }

  #change(name: string, change: (before: NodeStatus) => NodeStatus): void {
    this.#nowMs += 10;
    const changed = this.#snapshot.map((status) => (status.node.name === name ? change(status) : status));
    this.#snapshot = withSourceRemembered(withRoles(changed).snapshot);
  }
}
