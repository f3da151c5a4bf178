/** The client of one protocol. Several kinds of servers may share it. */
import type { SqlDriverAdapterFactory } from '@prisma/client/runtime/client';
import type { ReadRefusal } from '../cluster/read-refusals.ts';
import type { ServingFaultKind } from '../cluster/serving.ts';
import type { Clock } from '../platform/clock.ts';
import type { Connection, ConnectionPool } from './connection.ts';
import type { Dialect } from './dialect.ts';
import type { DriverFault } from './driver-fault.ts';
import type { ValueRefusedError } from './refused-value.ts';
import type { ServerAddress } from './server-address.ts';
import type { TlsFault } from './tls-fault.ts';

export interface Driver {
  /** The schemes of its servers' URLs; the first is used to write them. */
  readonly schemes: readonly [string, ...string[]];
  readonly defaultPort: number;
  readonly dialect: Dialect;
  readonly faults: DriverFaults;
  /** Starts opening one connection; its session gets the same settings as those of pools. */
  open(address: ServerAddress, options: OpenOptions): Opening;
  /** Opens no connection until one is requested. */
  openPool(address: ServerAddress, settings: PoolSettings, greeting: GreetingLimit): OpenedPool;
  /** For a generated Prisma client: sends all its statements through `pool`. */
  adapter(pool: AdapterPool, database: string): SqlDriverAdapterFactory;
  /** Identifies the physical connection: a pool may hand it out in a new wrapper each time. */
  keyOf(connection: object): object;
  /** According to the last answer on it, as far as the protocol says. */
  isInTransaction(connection: object): boolean;
  /** Whether a statement outside a transaction commits on its own. */
  isAutocommitting(connection: object): boolean;
  /** Is answered, has no effect, and leaves a transaction open. */
  readonly nothing: string;
}

/** The part of a pool that a Prisma adapter may use. */
export type AdapterPool = Pick<ConnectionPool, 'query' | 'execute' | 'getConnection' | 'end'>;

export type OpenOptions = {
  /** In this process's own time: on a busy machine, seconds may pass before this process reads an answer. */
  readonly timeoutMs: number;
  /** How long the connected server may stay silent; 0: without limit. */
  readonly silenceMs?: number;
  /** Leaves the session's settings at the server's defaults, which saves round trips: for administration that handles no rows. */
  readonly bare?: boolean;
};

export type Opening = {
  readonly opened: Promise<Connection>;
  /** Closes it immediately; what is running fails as a lost connection. */
  cut(): void;
};

export type GreetingLimit = {
  /** Counts only time in which this process could run: a driver counts all, and would give up on servers that have answered. */
  readonly ownClock: Clock;
  readonly ms: number;
};

export type OpenedPool = {
  readonly pool: ConnectionPool;
  /** Closes all its connections immediately; what is running on them fails as a lost connection. */
  cut(): void;
};

export type PoolSettings = {
  readonly connectionsPerNode: number;
  /** How long a request waits for a free connection, in milliseconds. */
  readonly acquireTimeoutMs: number;
  /** After this time, in milliseconds, the server ends a running statement. */
  readonly statementTimeoutMs: number;
  /** Deadline for the answer to a COMMIT, in milliseconds. Default: 15 seconds. */
  readonly maxCommitMs?: number;
  /** The servers refuse writes on these connections, except in a transaction begun for writing. */
  readonly refusesWrites?: boolean;
  /** No transaction on these connections is begun for writing. */
  readonly onlyReads?: boolean;
};

/** Why connecting failed, besides what the system and TLS report. `CLOSED`: the server closed the connection without an error. */
export type ConnectingFault = 'SILENT' | 'CLOSED' | 'ACCOUNT_REFUSED' | 'DATABASE_DENIED' | 'NO_DATABASE';

/** What the driver's errors mean. Called only with errors for which `owns` is true. */
export interface DriverFaults {
  owns(error: Error): boolean;
  faultOf(error: Error): DriverFault;
  /** One line without statement, parameters or account, fit for logs and health pages; `null`: the general text is as good. */
  inWords(error: Error): string | null;
  /** Why connecting failed; `null` if for another reason. */
  connecting(error: Error): ConnectingFault | null;
  /** Why no secure connection was made, if the driver or the server has a code of its own for it. */
  tls(error: Error): TlsFault | null;
  /** The server's own code for the error. */
  wordOf(error: Error): string;
  /** The server's own message, which may repeat values; `null` if there was none. */
  sentenceOf(error: Error): string | null;
  /** What the error says about the server; `null` if nothing. */
  unableBy(error: Error): ServingFaultKind | null;
  /** What the error says about the server to a read that met it; `null` if nothing. */
  readRefusal(error: Error): ReadRefusal | null;
  /** `null` if the error is not about a value. */
  refusedValueOf(error: Error): ValueRefusedError | null;
  /** There is no such table. */
  isNoTable(error: Error): boolean;
  /** A unique value is already taken by another row. */
  isDuplicate(error: Error): boolean;
  /** The connection was known to be closed before the statement was sent. */
  wasNeverSent(error: Error): boolean;
  /** The pool had no free connection in time. */
  isAcquireTimeout(error: Error): boolean;
}
