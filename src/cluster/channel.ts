/** RUNNING applies what it receives; STOPPED does not; NONE: not a replica. */
export const applierStates = ['RUNNING', 'STOPPED', 'NONE'] as const;
export type ApplierState = (typeof applierStates)[number];

/** One replication channel configured on a server. */
export type Channel = {
  /** Empty for the unnamed channel. */
  readonly name: string;
  /** Its source's own id, like `ProbeReport.id`; `null` until it was connected once. */
  readonly sourceId: string | null;
  /** The configured address of its source. */
  readonly host: string;
  readonly port: number;
  /** False if it does not even try to receive. */
  readonly receiving: boolean;
  readonly applying: boolean;
  /** Configured delay; 0 is none. */
  readonly delayMs: number;
  /** The server's own estimate; `null` if unknown. */
  readonly lagMs: number | null;
  readonly error: string | null;
};

/** A channel with both threads stopped has left its source, even though its settings are still there. */
export function isLive({ receiving, applying }: Channel): boolean {
  return receiving || applying;
}

export type ChannelSummary = {
  readonly applier: ApplierState;
  readonly receiving: boolean;
  readonly replicationError: string | null;
  readonly lagMs: number | null;
  readonly delayMs: number;
};

/** Several channels as one: the worst state, lag and delay of them. */
export function summaryOf(channels: readonly Channel[]): ChannelSummary {
  if (channels.length === 0) {
    return { applier: 'NONE', receiving: false, replicationError: null, lagMs: null, delayMs: 0 };
  }
  const lags = channels.flatMap(({ lagMs }) => lagMs ?? []);
  return {
    applier: channels.every(({ applying }) => applying) ? 'RUNNING' : 'STOPPED',
    receiving: channels.every(({ receiving }) => receiving),
    replicationError: channels.find(({ error }) => error !== null)?.error ?? null,
    lagMs: lags.length < channels.length ? null : Math.max(...lags),
    delayMs: Math.max(...channels.map(({ delayMs }) => delayMs)),
  };
}
