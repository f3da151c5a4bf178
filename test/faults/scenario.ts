import type { Finding } from '../bench/finding.ts';
import type { History } from '../consistency/history.ts';
import type { LevelMix } from '../consistency/order-reads.ts';
import type { Measures } from './measures.ts';
import type { Stage } from './stage.ts';
import type { Sample } from './steady-load.ts';
import type { HeardEvent } from './witness.ts';

/** Monotonic milliseconds. */
export type Moments = {
  readonly beganMs: number;
  /** What was to fall has fallen; what was to be done about it by command is done. */
  readonly doneMs: number;
  readonly mendingMs: number;
  /** What had fallen is back. */
  readonly endedMs: number;
};

export type Seen = {
  readonly samples: readonly Sample[];
  readonly moments: Moments;
  /** Of the whole scenario, and of as long a time before the fault. */
  readonly during: Measures;
  readonly before: Measures;
  readonly history: History;
  readonly events: readonly HeardEvent[];
};

/**
 * What a scenario needs to happen on: servers that other scenarios use too, servers of its own because it moves roles
 * and does not move them back, the same without the network that can be cut, which is a part of this process and as busy, or a
 * replication group of its own, which only MySQL has.
 */
export type Ground = 'shared' | 'own' | 'direct' | 'group';

/** One thing that goes wrong while clients work. */
export type Scenario = {
  readonly name: string;
  readonly title: string;
  /** Why clients are affected in this way; shown in the table. */
  readonly why: string;
  readonly ground: Ground;
  /** How long the fault lasts, in milliseconds. */
  readonly lastsMs: number;
  /** How long a steady client waits for an answer, if not the default. */
  readonly patienceMs?: number;
  /** At which levels the clients of the history read. */
  readonly levels?: LevelMix;
  /** Resolves when the fault is there. What was measured on the way comes first among the findings. */
  begin(stage: Stage, work: WorkUnderWay): Promise<readonly Finding[]> | Promise<void>;
  /** Resolves when what had fallen is back. */
  end(stage: Stage): Promise<readonly Finding[]> | Promise<void>;
  /** What was measured, against what it is held. */
  findings(seen: Seen): readonly Finding[];
};

export type WorkUnderWay = {
  /** Resolves while a write of a steady client is on its way to the API process of that place. */
  write(place: number): Promise<void>;
};
