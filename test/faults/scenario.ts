import type { Finding } from '../bench/finding.ts';
import type { Measures } from './measures.ts';
import type { Stage } from './stage.ts';
import type { Sample } from './steady-load.ts';

/** When a scenario's fault began, and when it was over: monotonic milliseconds. */
export type Moments = { readonly beganMs: number; readonly endedMs: number };

export type Seen = {
  readonly samples: readonly Sample[];
  readonly moments: Moments;
  /** Of the whole scenario, and of as long a time before the fault. */
  readonly during: Measures;
  readonly before: Measures;
};

/** One thing that goes wrong while clients work. */
export type Scenario = {
  readonly name: string;
  readonly title: string;
  /** How long the fault lasts, in milliseconds. */
  readonly lastsMs: number;
  begin(stage: Stage): Promise<void>;
  /** Resolves when what had fallen is back. */
  end(stage: Stage): Promise<void>;
  /** What was measured, against what it is held. */
  findings(seen: Seen): readonly Finding[];
};
