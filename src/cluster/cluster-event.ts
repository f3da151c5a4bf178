/**
 * All cluster events, as a closed list. Findings of other parts (cache, mirror) are included, so that log, metrics and subscribers
 * have a single source.
 *
 * Equivalents of the connection failover events in Laravel:
 *
 * | there | here |
 * |---|---|
 * | SwitchedToPrimaryConnection | READS_MOVED_TO_PREFERRED; for writes SOURCE_RESTORED |
 * | SwitchedToFailoverConnection | READS_MOVED_TO_FALLBACK; for writes SOURCE_CHANGED |
 * | LimitedFunctionalityModeActivated, ExitedLimitedFunctionalityMode | LIMITED_FUNCTIONALITY_ENTERED, LIMITED_FUNCTIONALITY_LEFT |
 * | PrimaryConnectionDown, FailoverConnectionDown, ConnectionDown | NODE_DOWN with the node's role among its facts |
 * | PrimaryConnectionRestored, FailoverConnectionRestored, ConnectionHealthy | NODE_RESTORED likewise |
 * | CacheUnavailable | CACHE_UNAVAILABLE, and CACHE_RESTORED |
 * | DatabaseConnectionSwitched | one of the first two |
 */
export type EventSeverity = 'info' | 'warn' | 'error';

type EventKind = { readonly severity: EventSeverity; readonly description: string };

export const clusterEventKinds = {
  NODE_DOWN: { severity: 'warn', description: 'A server does not answer and is taken out of service.' },
  NODE_RESTORED: { severity: 'info', description: 'A server that was down or degraded is healthy again.' },
  NODE_DEGRADED: {
    severity: 'warn',
    description: 'A server answers, but its replication is broken or lags too far behind.',
  },
  READS_MOVED_TO_FALLBACK: {
    severity: 'warn',
    description: 'Reads are served by fallback servers, because the preferred ones cannot serve.',
  },
  READS_MOVED_TO_PREFERRED: { severity: 'info', description: 'Reads are back on the preferred servers.' },
  LIMITED_FUNCTIONALITY_ENTERED: { severity: 'error', description: 'Neither the source nor any replica answers.' },
  LIMITED_FUNCTIONALITY_LEFT: { severity: 'info', description: 'The source or a replica answers again.' },
  SOURCE_LOST: { severity: 'error', description: 'No server accepts writes.' },
  SOURCE_RESTORED: { severity: 'info', description: 'The previous source accepts writes again.' },
  SOURCE_CHANGED: { severity: 'warn', description: 'A different server accepts writes now.' },
  SOURCE_CONFLICT_FOUND: {
    severity: 'error',
    description: 'A server that is not the source accepts writes. It is sent none: make it read-only and a replica.',
  },
  SOURCE_CONFLICT_SOLVED: {
    severity: 'info',
    description: 'A server stopped accepting writes or became the source.',
  },
  ERRANT_TRANSACTION_FOUND: {
    severity: 'error',
    description:
      'A server has errant transactions, which the source never had. It serves no reads until its data is copied again.',
  },
  EPOCH_STARTED: {
    severity: 'warn',
    description:
      'The history of the source ended without a record: another server was promoted, or the source has lost data. Tokens are of a new epoch from now on.',
  },
  CACHE_UNAVAILABLE: {
    severity: 'warn',
    description: 'Redis does not answer: nothing is cached or shared between processes meanwhile.',
  },
  CACHE_RESTORED: { severity: 'info', description: 'Redis answers again.' },
  MIRROR_BEHIND: { severity: 'warn', description: 'The backup lags behind its target.' },
  MIRROR_CAUGHT_UP: { severity: 'info', description: 'The backup database has all that the source has committed.' },
} as const satisfies Readonly<Record<string, EventKind>>;

export type ClusterEventName = keyof typeof clusterEventKinds;

export const clusterEventNames = Object.keys(clusterEventKinds) as readonly ClusterEventName[];

/** May be shown to clients: names of nodes and plain words, no addresses, no secrets. */
export type EventFacts = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** An event without its time. */
export type ClusterHappening = {
  readonly name: ClusterEventName;
  /** The server concerned; `null` if none, or all. */
  readonly node: string | null;
  readonly facts: EventFacts;
};

export type ClusterEvent = ClusterHappening & {
  /** Milliseconds since the Unix epoch. */
  readonly atMs: number;
};
