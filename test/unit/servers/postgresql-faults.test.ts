import { DatabaseError } from 'pg';
import { describe, expect, it } from 'vitest';
import { postgresqlFaults as faults } from '../../../src/servers/postgresql/faults.ts';
import { LostConnectionError, RolledBackError, withCode } from '../../../src/servers/postgresql/lost-connection.ts';

function told(code: string, message = 'told', column?: string): DatabaseError {
  const error = new DatabaseError(message, 1, 'error');
  return Object.assign(error, { code, ...(column !== undefined && { column }) });
}

describe('an error of the server', () => {
  it.each<[code: string, fault: string]>([
    ['08006', 'CONNECTION'],
    ['57P01', 'CONNECTION'],
    ['57P03', 'CONNECTION'],
    ['28P01', 'CONNECTION'],
    ['53300', 'EXHAUSTED'],
    ['40001', 'DEADLOCK'],
    ['40P01', 'DEADLOCK'],
    ['55P03', 'LOCK_TIMEOUT'],
    ['57014', 'STATEMENT_TIMEOUT'],
    ['25006', 'READ_ONLY'],
    ['42P01', 'ABSENT'],
    ['42703', 'ABSENT'],
    ['42501', 'UNABLE'],
    ['53100', 'UNABLE'],
    ['XX001', 'UNABLE'],
    ['22001', 'VALUE'],
    ['23514', 'VALUE'],
    ['23505', 'OTHER'],
    ['42601', 'OTHER'],
    ['25P02', 'OTHER'],
  ])('%s is %s', (code, fault) => {
    expect(faults.owns(told(code))).toBe(true);
    expect(faults.faultOf(told(code))).toBe(fault);
    expect(faults.wordOf(told(code))).toBe(code);
  });

  it('that a standby cancels a read with is answered elsewhere', () => {
    const conflict = told('40001', 'canceling statement due to conflict with recovery');
    expect(faults.faultOf(conflict)).toBe('CONNECTION');
    expect(faults.inWords(conflict)).toBe('cancelled a read that was in the way of recovery');
  });

  it.each([
    ['ProcessInterrupts', 'CONNECTION'],
    ['ProcessRecoveryConflictInterrupt', 'CONNECTION'],
    ['heap_update', 'DEADLOCK'],
  ])('40001 from %s is %s, whatever the language of its message', (routine, fault) => {
    const conflict = Object.assign(told('40001', 'storniere Anfrage wegen Konflikt mit der Wiederherstellung'), {
      routine,
    });
    expect(faults.faultOf(conflict)).toBe(fault);
  });

  it.each([
    ['28P01', 'ACCOUNT_REFUSED'],
    ['28000', 'ACCOUNT_REFUSED'],
    ['3D000', 'NO_DATABASE'],
    ['42501', 'DATABASE_DENIED'],
    ['53300', null],
  ])('while connecting, %s is %s', (code, fault) => {
    expect(faults.connecting(told(code))).toBe(fault);
  });

  it('about a value names the column where the server does', () => {
    expect(faults.refusedValueOf(told('22001', 'too long', 'name'))?.refused).toEqual({
      why: 'LENGTH',
      column: 'name',
      row: null,
    });
    expect(faults.refusedValueOf(told('42601'))).toBeNull();
  });

  it.each([
    ['53100', true],
    ['XX001', false],
  ])('%s may be due to the statement: %s', (code, mayBeStatement) => {
    expect(faults.readRefusal(told(code))).toMatchObject({ code, mayBeStatement });
  });
});

describe('an error of the driver', () => {
  it.each<[message: string, loss: string, fault: string]>([
    ['Connection terminated unexpectedly', 'LOST', 'CONNECTION'],
    ['Client has encountered a connection error and is not queryable', 'CLOSED', 'CONNECTION'],
    ['Client was closed and is not queryable', 'CLOSED', 'CONNECTION'],
    ['Query read timeout', 'SILENT', 'CONNECTION'],
    ['Connection terminated due to connection timeout', 'SILENT', 'CONNECTION'],
    ['timeout exceeded when trying to connect', 'NOT_ACQUIRED', 'EXHAUSTED'],
    ['The server does not support SSL connections', 'NO_TLS', 'CONNECTION'],
  ])('%j is %s', (message, loss, fault) => {
    const error = withCode(new Error(message)) as LostConnectionError;
    expect(error).toBeInstanceOf(LostConnectionError);
    expect(error.loss).toBe(loss);
    expect(faults.faultOf(error)).toBe(fault);
    expect(faults.wasNeverSent(error)).toBe(loss === 'CLOSED');
    expect(faults.isAcquireTimeout(error)).toBe(loss === 'NOT_ACQUIRED');
  });

  it('of another kind stays what it is', () => {
    const error = new Error('something else');
    expect(withCode(error)).toBe(error);
    expect(faults.owns(error)).toBe(false);
  });

  it('that a COMMIT was a ROLLBACK says that nothing was written', () => {
    expect(faults.owns(new RolledBackError())).toBe(true);
    expect(faults.faultOf(new RolledBackError())).toBe('OTHER');
  });
});
