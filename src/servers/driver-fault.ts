/** The kinds of faults between here and a server. Which one an error is, its driver tells: faults.ts. */
import { tlsFaultInWords } from './tls-fault.ts';

export const driverFaults = [
  'CONNECTION',
  'EXHAUSTED',
  'DEADLOCK',
  'LOCK_TIMEOUT',
  'STATEMENT_TIMEOUT',
  'READ_ONLY',
  // A commit was not answered for as long as it is waited for: it may still be, on a connection that nobody uses any more.
  'COMMIT_OVERDUE',
  // A member lost its group in the middle of a commit. It rolls back, yet the others may have received the transaction
  // before, and commit it: this is no proof that nothing was written.
  'LEFT_GROUP',
  // The group told a member to roll back: because of a conflict, as long as the member is in step; else the same as above.
  'GROUP_ROLLED_BACK',
  // A table was changed under a statement, or under a snapshot: begun anew it finds the table as it is.
  'CHANGED',
  // A value that the server cannot store, or compare, unchanged; see refused-value.ts.
  'VALUE',
  // Something of the server and nothing of the statement.
  'UNABLE',
  // A table or a column that is not there: the server's fault, or the statement's.
  'ABSENT',
  'OTHER',
] as const;
export type DriverFault = (typeof driverFaults)[number];

/** After these the server has rolled back for certain, whatever it was asked to do. */
export const certainRefusals: ReadonlySet<DriverFault> = new Set(['DEADLOCK', 'LOCK_TIMEOUT', 'READ_ONLY'] as const);

/** Somebody who waited for a connection is sent away, because the node was found to be down. */
export class NodeDownError extends Error {
  constructor() {
    super('The node is down');
  }
}

/** Nobody waits for the answer to a COMMIT any longer. */
export class CommitOverdueError extends Error {
  constructor() {
    super('The commit was not answered in time');
  }
}

const systemCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

export const codeOf = (error: Error): string => ('code' in error && typeof error.code === 'string' ? error.code : '');

/** What needs no driver to be told: faults of our own, of the system, and of TLS. */
export function ownFaultOf(error: Error): DriverFault | null {
  if (error instanceof NodeDownError) return 'CONNECTION';
  if (error instanceof CommitOverdueError) return 'COMMIT_OVERDUE';
  const code = codeOf(error);
  return systemCodes.has(code) || tlsFaultInWords(code) !== null ? 'CONNECTION' : null;
}
