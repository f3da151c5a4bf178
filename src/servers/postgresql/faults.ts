/** Classifies failures by the server's codes, and by those that the driver's own errors are given here. */
import { DatabaseError } from 'pg';
import type { ReadRefusal } from '../../cluster/read-refusals.ts';
import type { ConnectingFault, DriverFaults } from '../driver.ts';
import { type DriverFault, ownFaultOf } from '../driver-fault.ts';
import { ValueRefusedError } from '../refused-value.ts';
import { type ConnectionLoss, LostConnectionError, RolledBackError } from './lost-connection.ts';
import { blamesServer, cureByState, faultByState, refusedValueByState, unableByState } from './sqlstates.ts';

const byLoss: Readonly<Record<ConnectionLoss, DriverFault>> = {
  LOST: 'CONNECTION',
  CLOSED: 'CONNECTION',
  SILENT: 'CONNECTION',
  NO_TLS: 'CONNECTION',
  NOT_ACQUIRED: 'EXHAUSTED',
};

const refusedAccount: ReadonlySet<string> = new Set(['28000', '28P01']);

/** Where the server raises it. Its message is in the language of the server, and other conflicts have the same code. */
const recoveryConflict: ReadonlySet<string> = new Set(['ProcessInterrupts', 'ProcessRecoveryConflictInterrupt']);
const isRecoveryConflict = (error: Error): boolean =>
  error instanceof DatabaseError &&
  error.code === '40001' &&
  (recoveryConflict.has(error.routine ?? '') || /conflict with recovery/.test(error.message));

const codeOf = (error: Error): string => (error instanceof DatabaseError ? (error.code ?? '') : '');

export const postgresqlFaults: DriverFaults = {
  owns: (error) =>
    error instanceof DatabaseError || error instanceof LostConnectionError || error instanceof RolledBackError,
  faultOf,
  inWords: (error) => {
    if (isRecoveryConflict(error)) return 'cancelled a read that was in the way of recovery';
    if (codeOf(error) === '57P03') return 'is starting, stopping or recovering';
    return null;
  },
  connecting,
  tls: (error) => {
    if (error instanceof LostConnectionError && error.loss === 'NO_TLS') return 'NOT_OFFERED';
    return codeOf(error) === '28000' && /no encryption/.test(error.message) ? 'DEMANDED' : null;
  },
  wordOf: (error) => {
    if (error instanceof LostConnectionError) return `connection ${error.loss.toLowerCase().replace('_', ' ')}`;
    return error instanceof RolledBackError ? 'ROLLBACK' : codeOf(error) || error.name;
  },
  sentenceOf: (error) => (error instanceof DatabaseError ? error.message : null),
  unableBy: (error) => unableByState(codeOf(error)),
  readRefusal,
  refusedValueOf: (error) => {
    const why = refusedValueByState(codeOf(error));
    if (why === null || !(error instanceof DatabaseError)) return null;
    return new ValueRefusedError({ why, column: error.column ?? null, row: null }, error);
  },
  isNoTable: (error) => codeOf(error) === '42P01',
  isDuplicate: (error) => codeOf(error) === '23505',
  wasNeverSent: (error) => error instanceof LostConnectionError && error.loss === 'CLOSED',
  isAcquireTimeout: (error) => error instanceof LostConnectionError && error.loss === 'NOT_ACQUIRED',
};

/** Also for errors that the driver only passes on. */
function faultOf(error: Error): DriverFault {
  const own = ownFaultOf(error);
  if (own !== null) return own;
  if (error instanceof LostConnectionError) return byLoss[error.loss];
  // Surely nothing of it is written; to run the same again would end alike.
  if (error instanceof RolledBackError) return 'OTHER';
  // A standby cancels what is in its way: the read is answered elsewhere, as if the connection had been lost.
  if (isRecoveryConflict(error)) return 'CONNECTION';
  const code = codeOf(error);
  const known = faultByState(code);
  if (known !== null) return known;
  if (refusedValueByState(code) !== null) return 'VALUE';
  const kind = unableByState(code);
  return kind === null ? 'OTHER' : kind === 'TABLE_MISSING' ? 'ABSENT' : 'UNABLE';
}

function connecting(error: Error): ConnectingFault | null {
  if (error instanceof LostConnectionError) return error.loss === 'SILENT' ? 'SILENT' : 'CLOSED';
  const code = codeOf(error);
  if (refusedAccount.has(code)) return 'ACCOUNT_REFUSED';
  if (code === '3D000') return 'NO_DATABASE';
  return code === '42501' ? 'DATABASE_DENIED' : null;
}

function readRefusal(error: Error): ReadRefusal | null {
  const code = codeOf(error);
  if (unableByState(code) === null) return null;
  return { code, mayBeStatement: !blamesServer(code), cure: cureByState(code) };
}
