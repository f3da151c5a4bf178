import type { PositionCodec } from '../consistency/position-codec.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/log.ts';
import type { HealthPolicy } from './health.ts';
import type { Node } from './node.ts';
import type { NodeProbeFactory } from './node-probe.ts';
import type { GoneBack } from './source-judge.ts';

export type ClusterOptions = {
  readonly nodes: readonly Node[];
  readonly probes: NodeProbeFactory;
  /** The supported kinds of servers. */
  readonly positions: PositionCodec;
  readonly clock: Clock;
  /** Counts only time in which this process could run. Default: `clock`. */
  readonly ownClock?: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly health: HealthPolicy;
  /** `off`: a healthy node is probed only at start and when a connection to it is lost. */
  readonly monitor: {
    readonly intervalMs: number | 'off';
    readonly downIntervalMs: number;
    readonly timeoutMs: number;
  };
  /** How many times as long as usual a probe may take now. Default: once. */
  readonly stretch?: () => number;
  readonly tracker: { readonly sliceMs: number; readonly maxWaiters: number };
  /** The source has lost data. */
  readonly onGoneBack?: (happening: GoneBack) => void;
};
