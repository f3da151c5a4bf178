// A history is everything that the clients of one run asked and were told, as plain values.
//
// The outcome of a write is the heart of it:
//   committed      the server said so, with the version that the write made
//   rejected       the server said, in a typed answer, that nothing was or will be written
//   indeterminate  nobody said: connection lost, timeout, or a typed answer that admits not knowing
// Taking an indeterminate write for a rejected one makes a checker cry wolf; taking a rejected one for an
// indeterminate one makes it blind.
//
// `write` names one intention of a client. It is written into the order itself, so that every later read tells whose write
// made the version it sees. Attempts that repeat one idempotency key share it: they must have one effect at most.
import { readFile, writeFile } from 'node:fs/promises';
import { historyHeader, historyOperation, type Static } from './history-format.ts';

export type History = { readonly header: HistoryHeader; readonly operations: readonly Operation[] };
export type HistoryHeader = Static<typeof historyHeader>;
export type Operation = Static<typeof historyOperation>;
export type WriteOperation = Extract<Operation, { kind: 'create' | 'update' | 'delete' }>;
export type ReadOperation = Extract<Operation, { kind: 'one' | 'many' | 'page' }>;
export type AdoptOperation = Extract<Operation, { kind: 'adopt' }>;
export type Observation = ReadOperation['seen'][number];
export type Served = NonNullable<ReadOperation['served']>;
export type WriteOutcome = WriteOperation['outcome'];

export function isWrite(operation: Operation): operation is WriteOperation {
  return operation.kind === 'create' || operation.kind === 'update' || operation.kind === 'delete';
}

export function isRead(operation: Operation): operation is ReadOperation {
  return operation.kind === 'one' || operation.kind === 'many' || operation.kind === 'page';
}

/** The levels that are promised the session guarantees. */
export function owesGuarantees(operation: Operation): operation is ReadOperation {
  return isAnsweredRead(operation) && (operation.level === 'SESSION' || operation.level === 'STRONG');
}

/** The levels whose answers become part of the session's past: a BOUNDED read owes nothing, but what it showed counts. */
export function joinsSession(operation: Operation): operation is ReadOperation {
  return isAnsweredRead(operation) && operation.level !== 'EVENTUAL';
}

function isAnsweredRead(operation: Operation): operation is ReadOperation {
  return isRead(operation) && operation.outcome === 'ok';
}

/** One JSON document a line, the header first. */
export async function saveHistory(path: string, history: History): Promise<void> {
  const lines = [history.header, ...history.operations].map((value) => JSON.stringify(value));
  await writeFile(path, `${lines.join('\n')}\n`);
}

/** Throws on a file that is not a whole history. */
export async function loadHistory(path: string): Promise<History> {
  const [first, ...rest] = (await readFile(path, 'utf8')).trimEnd().split('\n');
  return {
    header: historyHeader.parse(JSON.parse(first ?? '')),
    operations: rest.map((line) => historyOperation.parse(JSON.parse(line))),
  };
}
