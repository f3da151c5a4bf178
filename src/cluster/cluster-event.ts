/**
 * Everything that can happen to a cluster, as one closed list. What other parts find out (cache, mirror) is on it too, so
 * that log, metrics and subscribers have one place to look at.
 *
 * For those who come from connection failover in Laravel, event by event:
 *
 * | there | here |
 * |---|---|
 * | SwitchedToPrimaryConnection | READS_MOVED_TO_PREFERRED; for writes SOURCE_RESTORED |
 * | SwitchedToFailoverConnection | READS_MOVED_TO_FALLBACK; for writes SOURCE_CHANGED |
 * | LimitedFunctionalityModeActivated, ExitedLimitedFunctionalityMode | LIMITED_FUNCTIONALITY_ENTERED, LIMITED_FUNCTIONALITY_LEFT |
 * | PrimaryConnectionDown, FailoverConnectionDown, ConnectionDown | NODE_DOWN with the node's role among its facts |
 * | PrimaryConnectionRestored, FailoverConnectionRestored, ConnectionHealthy | NODE_RESTORED likewise |
 * | CacheUnavailable | CACHE_UNAVAILABLE, and CACHE_RESTORED |
 * | DatabaseConnectionSwitched | whichever of the first two it was |
 */
export type EventSeverity = 'info' | 'warn' | 'error';

type EventKind = { readonly severity: EventSeverity; readonly description: string };

export const clusterEventKinds = {
  NODE_DOWN: { severity: 'warn', description: 'A server does not answer and is not used any more.' },
  NODE_RESTORED: { severity: 'info', description: 'A server that was down or degraded is well again.' },
  NODE_DEGRADED: { severity: 'warn', description: 'A server answers, but its replication is broken or too late.' },
  READS_MOVED_TO_FALLBACK: {
    severity: 'warn',
    description: 'Reads are served by a stand-in, because those that are preferred for it cannot serve.',
  },
  READS_MOVED_TO_PREFERRED: { severity: 'info', description: 'Reads are served by those that are preferred for it.' },
  LIMITED_FUNCTIONALITY_ENTERED: { severity: 'error', description: 'Neither the source nor any replica answers.' },
  LIMITED_FUNCTIONALITY_LEFT: { severity: 'info', description: 'The source or a replica answers again.' },
  SOURCE_LOST: { severity: 'error', description: 'No server takes writes.' },
  SOURCE_RESTORED: { severity: 'info', description: 'The server that took the writes before takes them again.' },
  SOURCE_CHANGED: { severity: 'warn', description: 'Another server than before takes the writes.' },
  SOURCE_CONFLICT_FOUND: {
    severity: 'error',
    description:
      'A server that is not the source would take writes. It is sent none: make it read-only, and let it replicate.',
  },
  SOURCE_CONFLICT_SOLVED: {
    severity: 'info',
    description: 'A server would take writes no more, or has become the source.',
  },
  ERRANT_TRANSACTION_FOUND: {
    severity: 'error',
    description:
      'A server holds transactions that the source has never had. It serves no reads until it has a fresh copy.',
  },
  EPOCH_STARTED: {
    severity: 'warn',
    description:
      'The history of the source had ended without a record: another server was promoted, or the source has less than it had. From here on the tokens of clients are of a new epoch.',
  },
  CACHE_UNAVAILABLE: {
    severity: 'warn',
    description: 'Redis does not answer: nothing is cached or shared between processes meanwhile.',
  },
  CACHE_RESTORED: { severity: 'info', description: 'Redis answers again.' },
  MIRROR_BEHIND: { severity: 'warn', description: 'The backup database is later than it should be.' },
  MIRROR_CAUGHT_UP: { severity: 'info', description: 'The backup database has all that the source has committed.' },
} as const satisfies Readonly<Record<string, EventKind>>;

export type ClusterEventName = keyof typeof clusterEventKinds;

export const clusterEventNames = Object.keys(clusterEventKinds) as readonly ClusterEventName[];

/** Fit to be shown to clients: names of nodes and plain words, no addresses, no secrets. */
export type EventFacts = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** What happened, before it has a time. */
export type ClusterHappening = {
  readonly name: ClusterEventName;
  /** The server that it is about, `null` when it is about none, or about all. */
  readonly node: string | null;
  readonly facts: EventFacts;
};

export type ClusterEvent = ClusterHappening & {
  /** Milliseconds since the Unix epoch. */
  readonly atMs: number;
};
