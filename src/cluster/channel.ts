/** RUNNING applies what it receives; STOPPED does not; NONE is no replica. */
export const applierStates = ['RUNNING', 'STOPPED', 'NONE'] as const;
export type ApplierState = (typeof applierStates)[number];

/** One stream of replication that is set up on a server. */
export type Channel = {
  /** Empty for the one that has no name. */
  readonly name: string;
  /** What its source calls itself, as `ProbeReport.id`; `null` until it was connected once. */
  readonly sourceId: string | null;
  /** Where it was told to find its source. */
  readonly host: string;
  readonly port: number;
  /** False when it does not even try to receive more. */
  readonly receiving: boolean;
  readonly applying: boolean;
  /** How long it stays behind on purpose; 0 is not at all. */
  readonly delayMs: number;
  /** The server's own estimate; `null` when it does not know. */
  readonly lagMs: number | null;
  readonly error: string | null;
};

/** Whoever has stopped both threads of a channel has left its source, and only the settings are still there. */
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

/** Several as one: as stopped, as late and as much delayed as the worst of them. */
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
