/** What one operation on the database is opened with, and what it asks of everything around it. */
import type { ConsistencyRequest } from '../../consistency/consistency-request.ts';
import type { Position } from '../../consistency/position.ts';
import type { Session } from '../../consistency/session.ts';
import { type ReadRequirement, requirementFor } from '../../consistency/session-guarantee.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Route } from '../../routing/route-decision.ts';
import type { RoutedRead } from '../../routing/route-request.ts';
import type { RefusedRead } from '../clients/met-faults.ts';
import type { NodeClients } from '../clients/node-clients.ts';
import type { SourceWriter } from '../write/source-writer.ts';
import type { CommittedEvent } from './committed-event.ts';
import type { DatabaseScope } from './database-scope.ts';
import type { PositionedSnapshot } from './positioned-snapshot.ts';

export type SessionServices<Client, Transaction> = {
  readonly scope: DatabaseScope;
  readonly clock: Clock;
  readonly clients: (nodeName: string) => NodeClients<Client>;
  readonly composed: () => Client;
  readonly routeRead: (request: RoutedRead) => Promise<Route>;
  readonly routeWrite: () => Route;
  readonly committed: Pick<CommittedEvent, 'tell'>;
  readonly observe: (nodeName: string) => Promise<Position>;
  /** After an error on a connection to it: resolves when it is known whether the node is there. */
  readonly isThere: (nodeName: string) => Promise<boolean>;
  /** Whether its positions are known to say nothing of what it has. */
  readonly isBlind: (nodeName: string) => boolean;
  /**
   * A node has returned an error about itself instead of an answer. `read`: the refused read, if known. The returned function is
   * called when another node has answered the same read.
   */
  readonly refused: (nodeName: string, read: RefusedRead | null) => () => void;
  /** As far as is known. */
  readonly canServe: (nodeName: string) => boolean;
  /** Whether more than a position may be needed to describe what reads there have seen. */
  readonly logsAhead: (nodeName: string) => boolean;
  /** A node was seen to include a position. */
  readonly learned: (nodeName: string, position: Position) => void;
  /** Number of the present epoch, `null` while none is known. */
  readonly epoch: () => number | null;
  /** Another number once the source is not the one that it was, or has gone back. */
  readonly historyTurn: () => number;
  /** While that is in doubt: resolves when it is known, or takes too long. */
  readonly sourceSure: () => Promise<unknown> | null;
  /** Until when what replicas show is known to be of the present history, in milliseconds since the Unix epoch. */
  readonly vouchedAtMs: () => number;
  /** Whether a position is of the history that is known of. */
  readonly believes: (position: Position) => boolean;
  /** Resolves when it is, or when the servers have had time to report it. */
  readonly untilBelieved: (position: Position) => Promise<void>;
  readonly writer: Pick<SourceWriter<Transaction>, 'write' | 'annotate'>;
  readonly openSnapshot: (nodeName: string) => Promise<PositionedSnapshot<unknown>>;
  /** Work on a node begins; the returned function ends it. */
  readonly busy: (nodeName: string) => () => void;
};

/** What its reads must include, where that is derived already, or what the operation asked for. */
type Asking =
  | { readonly required: ReadRequirement; readonly intent?: never }
  | { readonly required?: never; readonly intent: ConsistencyRequest };

export type SessionOpening = Asking & {
  readonly session: Session;
  /** Mutations read where they write. */
  readonly writes: boolean;
  /** All reads see one state, of which the position is known. They run one after another. */
  readonly snapshot?: boolean;
  /** The written data will be read at once. Default: true; false for background work, for which no client waits. */
  readonly readsFollow?: boolean;
  readonly excluded?: ReadonlySet<string>;
  readonly signal?: () => AbortSignal;
};

export function requiredBy(opening: SessionOpening): ReadRequirement {
  return opening.required ?? requirementFor(opening.intent, opening.session);
}
