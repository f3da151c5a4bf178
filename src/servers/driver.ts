/** What speaks to servers of one protocol. Several kinds of servers may share one. */
import type { SqlDriverAdapterFactory } from '@prisma/client/runtime/client';
import type { ServingFaultKind } from '../cluster/serving.ts';
import type { Clock } from '../platform/clock.ts';
import type { Connection, ConnectionPool } from './connection.ts';
import type { Dialect } from './dialect.ts';
import type { DriverFault } from './driver-fault.ts';
import type { ValueRefusedError } from './refused-value.ts';
import type { ServerAddress } from './server-address.ts';

export interface Driver {
  /** How the URLs of its servers begin; they are written with the first. */
  readonly schemes: readonly [string, ...string[]];
  readonly defaultPort: number;
  readonly dialect: Dialect;
  readonly faults: DriverFaults;
  /** Begins to open one connection, on which every session is set as those of pools are. */
  open(address: ServerAddress, options: OpenOptions): Opening;
  /** Opens nothing until it is asked. */
  openPool(address: ServerAddress, settings: PoolSettings, greeting: GreetingLimit): OpenedPool;
  /** For a generated Prisma client: sends all that it is given through `pool`. */
  adapter(pool: AdapterPool, database: string): SqlDriverAdapterFactory;
  /** Tells physical connections apart: a pool may hand one out in a new wrapping each time. */
  keyOf(connection: object): object;
  /** What the last answer on it said, as far as the protocol tells. */
  isInTransaction(connection: object): boolean;
  /** Whether a statement outside of a transaction is committed by itself. */
  isAutocommitting(connection: object): boolean;
  /** Is answered, does nothing, and leaves a transaction as it is. */
  readonly nothing: string;
}

/** The part of a pool that a Prisma adapter may use. */
export type AdapterPool = Pick<ConnectionPool, 'query' | 'execute' | 'getConnection' | 'end'>;

export type OpenOptions = {
  /** Of this process's own time: who starts on a busy machine takes seconds before it reads an answer. */
  readonly timeoutMs: number;
  /** How long the server may say nothing at all once it is connected; 0 is without end. */
  readonly silenceMs?: number;
  /** The session stays as the server begins it, which saves round trips: for administration that handles no rows. */
  readonly bare?: boolean;
};

export type Opening = {
  readonly opened: Promise<Connection>;
  /** Ends it at once; what is under way fails as a lost connection. */
  cut(): void;
};

export type GreetingLimit = {
  /** Counts only time in which this process could run: a driver counts all, and would give up servers that have answered. */
  readonly ownClock: Clock;
  readonly ms: number;
};

export type OpenedPool = {
  readonly pool: ConnectionPool;
  /** Ends all of its connections at once; what is under way on them fails as a lost connection. */
  cut(): void;
};

export type PoolSettings = {
  readonly connectionsPerNode: number;
  /** How long a request waits for a free connection, in milliseconds. */
  readonly acquireTimeoutMs: number;
  /** The server ends a statement that runs longer, in milliseconds. */
  readonly statementTimeoutMs: number;
  /** Nobody waits for the answer to a COMMIT for longer, in milliseconds; 15 seconds unless told. */
  readonly longestCommitMs?: number;
  /** The servers refuse writes on these connections, except in a transaction that was begun to write. */
  readonly refusesWrites?: boolean;
  /** None is. */
  readonly onlyReads?: boolean;
};

/** Why a server could not be connected to, besides what the system and TLS say. `CLOSED`: it hung up without a word. */
export type ConnectingFault = 'SILENT' | 'CLOSED' | 'ACCOUNT_REFUSED' | 'DATABASE_DENIED' | 'NO_DATABASE';

/** What the driver's errors mean. Asked only of errors that `owns` says yes to. */
export interface DriverFaults {
  owns(error: Error): boolean;
  faultOf(error: Error): DriverFault;
  /** One line without statement, parameters or account, fit for logs and health pages; `null` for nothing better than usual. */
  inWords(error: Error): string | null;
  /** Why no connection came about, `null` where it is none of these. */
  connecting(error: Error): ConnectingFault | null;
  /** The server's own word for what it said. */
  wordOf(error: Error): string;
  /** The server's own sentence, which may repeat values; `null` where it said none. */
  sentenceOf(error: Error): string | null;
  /** What it says of the server, `null` when it says nothing of it. */
  unableBy(error: Error): ServingFaultKind | null;
  /** `null` when it is about no value. */
  refusedValueOf(error: Error): ValueRefusedError | null;
  /** There is no such table. */
  isNoTable(error: Error): boolean;
  /** Another row has the value already that only one may have. */
  isDuplicate(error: Error): boolean;
  /** The connection was known to be closed before the statement was given to it. */
  wasNeverSent(error: Error): boolean;
  /** The pool gave no connection in time. */
  isAcquireTimeout(error: Error): boolean;
}
