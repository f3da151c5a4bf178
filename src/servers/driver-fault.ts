/** The kinds of faults between this process and a server. The driver classifies its errors; see faults.ts. */
import { tlsFaultInWords } from './tls-fault.ts';

export const driverFaults = [
  'CONNECTION',
  'EXHAUSTED',
  'DEADLOCK',
  'LOCK_TIMEOUT',
  'STATEMENT_TIMEOUT',
  'READ_ONLY',
  // The commit was not answered before its deadline. The answer may still arrive, on a connection that is no longer used.
  'COMMIT_OVERDUE',
  // A member lost its group in the middle of a commit. It rolls back, yet the others may have received the transaction
  // before, and commit it: this is no proof that nothing was written.
  'LEFT_GROUP',
  // The group told a member to roll back: because of a conflict if the member is in step; otherwise as above.
  'GROUP_ROLLED_BACK',
  // A table was changed under a statement or a snapshot: if retried, it finds the new table.
  'CHANGED',
  // A value that the server cannot store, or compare, unchanged; see refused-value.ts.
  'VALUE',
  // About the server, not about the statement.
  'UNABLE',
  // A missing table or column: the server's fault, or the statement's.
  'ABSENT',
  'OTHER',
] as const;
export type DriverFault = (typeof driverFaults)[number];

/** After these the server has certainly rolled back. */
export const certainRefusals: ReadonlySet<DriverFault> = new Set(['DEADLOCK', 'LOCK_TIMEOUT', 'READ_ONLY'] as const);

/** The wait for a connection ended because the node was found to be down. */
export class NodeDownError extends Error {
  constructor() {
    super('The node is down');
  }
}

/** The deadline for the answer to a COMMIT has passed. */
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

/** Faults that need no driver to classify: our own, the system's, and TLS. */
export function ownFaultOf(error: Error): DriverFault | null {
  if (error instanceof NodeDownError) return 'CONNECTION';
  if (error instanceof CommitOverdueError) return 'COMMIT_OVERDUE';
  const code = codeOf(error);
  return systemCodes.has(code) || tlsFaultInWords(code) !== null ? 'CONNECTION' : null;
}
