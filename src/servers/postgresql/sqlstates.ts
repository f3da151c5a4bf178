/** What the server's error codes (SQLSTATE, appendix A of its manual) say. A class of codes has two characters. */
import type { ServingFaultKind } from '../../cluster/serving.ts';
import type { DriverFault } from '../driver-fault.ts';
import type { RefusedValue } from '../refused-value.ts';

/** What is found for a code, or else for its class. */
const foundBy =
  <T>(byCode: Readonly<Record<string, T>>) =>
  (code: string): T | null =>
    byCode[code] ?? byCode[code.slice(0, 2)] ?? null;

const faults: Readonly<Record<string, DriverFault>> = {
  '08': 'CONNECTION',
  '57P01': 'CONNECTION', // ended by an administrator, as at a fast shutdown
  '57P02': 'CONNECTION', // another process of the server has crashed
  '57P03': 'CONNECTION', // starting, stopping, or recovering
  '57P04': 'CONNECTION', // the database was dropped
  '57P05': 'CONNECTION', // idle for too long
  '25P03': 'CONNECTION', // idle in a transaction for too long
  '25P04': 'CONNECTION', // a transaction that took too long
  '28': 'CONNECTION', // the account was refused
  '3D000': 'CONNECTION', // there is no such database
  '53300': 'EXHAUSTED', // too many connections
  '40001': 'DEADLOCK', // could not be serialised; on a standby, in the way of recovery
  '40P01': 'DEADLOCK',
  '55P03': 'LOCK_TIMEOUT',
  '57014': 'STATEMENT_TIMEOUT',
  '25006': 'READ_ONLY', // a standby, or a session that refuses writes
};
export const faultByState = foundBy(faults);

/** Errors about the server and not about the statement: another server may answer the same statement. */
const unable: Readonly<Record<string, ServingFaultKind>> = {
  '42P01': 'TABLE_MISSING',
  '42703': 'TABLE_MISSING', // no such column
  '3F000': 'TABLE_MISSING', // no such schema
  '42704': 'TABLE_MISSING', // no such type, as of an enum
  '42883': 'TABLE_MISSING', // no such function
  '42501': 'RIGHT_MISSING',
  '53': 'TABLE_BROKEN', // out of disk, memory, or what else the configuration limits
  '58': 'TABLE_BROKEN', // errors of files
  XX001: 'TABLE_BROKEN', // data is corrupt
  XX002: 'TABLE_BROKEN', // an index is corrupt
  F0: 'TABLE_BROKEN', // the configuration file
};
const notUnable: ReadonlySet<string> = new Set(['53300']);
export const unableByState = (code: string): ServingFaultKind | null =>
  notUnable.has(code) ? null : foundBy(unable)(code);

/** Whatever the statement asks for: the server is at a limit of its own, or what it keeps is damaged. */
const ofServerAlone: ReadonlySet<string> = new Set(['58030', '58P01', 'XX001', 'XX002', 'F0000', 'F0001']);
export const blamesServer = (code: string): boolean => ofServerAlone.has(code);

const cures: Readonly<Record<string, string>> = {
  '53100': "free room on its disk: SELECT current_setting('data_directory')",
  XX002: 'REINDEX TABLE, of the table that its log names',
};
export const cureByState = (code: string): string | null => cures[code] ?? null;

const values: Readonly<Record<string, RefusedValue['why']>> = {
  '22001': 'LENGTH',
  '22003': 'RANGE',
  '22007': 'FORM', // no date or time
  '22008': 'RANGE', // out of the range of dates
  '22021': 'CHARACTERS', // not of the encoding, as the character 0
  '22026': 'LENGTH',
  '22P02': 'FORM', // no number, or a word that an enum does not know
  '22P03': 'FORM',
  '22P05': 'CHARACTERS', // cannot be converted
  '23514': 'RULE', // CHECK
  '22030': 'FORM', // JSON
  '22032': 'FORM',
};
export const refusedValueByState = (code: string): RefusedValue['why'] | null => values[code] ?? null;
