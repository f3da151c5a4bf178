/**
 * Classifies a failure by the driver's error at the connection, where the cause is still known: Prisma reports a wrong password,
 * a dead server and an exhausted pool in the same way. Each driver classifies its own errors.
 */
import type { ReadRefusal } from '../cluster/read-refusals.ts';
import type { ServingFaultKind } from '../cluster/serving.ts';
import type { ConnectingFault, DriverFaults } from './driver.ts';
import { codeOf, type DriverFault, ownFaultOf } from './driver-fault.ts';
import { drivers } from './known-flavours.ts';
import type { ValueRefusedError } from './refused-value.ts';
import { perhapsForTls, tlsFaultInWords, tlsWords } from './tls-fault.ts';

/** `otherwise` if it is not the error of a driver. */
function asked<T>(error: unknown, ask: (faults: DriverFaults, error: Error) => T, otherwise: T): T {
  if (!(error instanceof Error)) return otherwise;
  const driver = drivers.find(({ faults }) => faults.owns(error));
  return driver === undefined ? otherwise : ask(driver.faults, error);
}

export function faultOf(error: unknown): DriverFault {
  const own = error instanceof Error ? ownFaultOf(error) : null;
  return own ?? asked(error, (faults, told) => faults.faultOf(told), 'OTHER');
}

/** Whether the error comes from a server or a driver. Otherwise the fault is in this program or in the network. */
export const isDriverError = (error: unknown): boolean => asked(error, () => true, false);

export const unableBy = (error: unknown): ServingFaultKind | null =>
  asked(error, (faults, told) => faults.unableBy(told), null);

export const readRefusalOf = (error: unknown): ReadRefusal | null =>
  asked(error, (faults, told) => faults.readRefusal(told), null);

/** A connection keeps the privileges its account had when it was opened: if it lacks some, it has to be replaced. */
export const lacksRight = (error: unknown): boolean => unableBy(error) === 'RIGHT_MISSING';

export const refusedValueOf = (error: unknown): ValueRefusedError | null =>
  asked(error, (faults, told) => faults.refusedValueOf(told), null);

export const isNoTable = (error: unknown): boolean => asked(error, (faults, told) => faults.isNoTable(told), false);

export const isDuplicate = (error: unknown): boolean => asked(error, (faults, told) => faults.isDuplicate(told), false);

export const wasNeverSent = (error: unknown): boolean =>
  asked(error, (faults, told) => faults.wasNeverSent(told), false);

export const isAcquireTimeout = (error: unknown): boolean =>
  asked(error, (faults, told) => faults.isAcquireTimeout(told), false);

/** Why no secure connection was made, in words that follow a server's name; `null` if it was something else. */
export function tlsFaultOf(error: unknown): string | null {
  const told = asked(error, (faults, own) => faults.tls(own), null);
  if (told !== null) return tlsWords(told);
  return error instanceof Error ? tlsFaultInWords(codeOf(error)) : null;
}

export const connectingFaultOf = (error: unknown): ConnectingFault | null =>
  asked(error, (faults, told) => faults.connecting(told), null);

/** The server's own code for the error; the error's code if it is not a server's. */
export function wordOf(error: unknown): string {
  if (!(error instanceof Error)) return 'an unknown fault';
  return asked(error, (faults, told) => faults.wordOf(told), codeOf(error) || error.name);
}

/** The server's own message if there is one; it may repeat values. */
export const sentenceOf = (error: unknown): string | null =>
  asked<string | null>(error, (faults, told) => faults.sentenceOf(told), null);

/**
 * One line without statement, parameters or account, fit for logs and health pages. `inTheClear`: the connection was to be
 * one without TLS.
 */
export function faultInWords(error: unknown, { inTheClear = false } = {}): string {
  if (!(error instanceof Error)) return 'an unknown fault';
  const code = codeOf(error);
  switch (code) {
    case 'ECONNREFUSED':
      return 'refused the connection';
    case 'ETIMEDOUT':
      return 'does not answer';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'its host name is not known';
    default:
      break;
  }
  const overTls = tlsFaultOf(error);
  if (overTls !== null) return overTls;
  switch (connectingFaultOf(error)) {
    case 'SILENT':
      return 'does not answer';
    case 'DATABASE_DENIED':
      return 'does not let the account into the database: it needs GRANT SELECT, INSERT, UPDATE, DELETE ON its tables';
    case 'NO_DATABASE':
      return 'has no database of that name';
    case 'ACCOUNT_REFUSED':
      return `refused the account${inTheClear ? perhapsForTls : ''}`;
    default:
      break;
  }
  const words = asked<string | null>(error, (faults, told) => faults.inWords(told), null);
  if (words !== null) return words;
  return faultOf(error) === 'CONNECTION' ? 'lost the connection' : `answered ${wordOf(error)}`;
}
