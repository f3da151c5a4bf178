/**
 * Why mirroring could not go on, and so what to do about it:
 *
 *   server   a server is away, full, read-only or refuses the account: wait, nothing is wrong with the records
 *   busy     somebody else holds locks: try again soon
 *   schema   the tables on the two sides do not fit each other: wait until they are migrated
 *   record   the backup refuses what a record holds: try it alone, and in the end leave it aside
 */
import { TidemarkError } from '../../errors.ts';
import { faultInWords, faultOf } from '../../servers/mysql-family/driver-fault.ts';
import { NoAnswerError } from '../../servers/server-connection.ts';

export const mirrorFaultKinds = ['server', 'busy', 'schema', 'record'] as const;
export type MirrorFaultKind = (typeof mirrorFaultKinds)[number];

export class MirrorFaultError extends TidemarkError {
  readonly code = 'MIRROR_FAULT';
  readonly kind: MirrorFaultKind;
  readonly retryable: boolean;

  constructor(kind: MirrorFaultKind, reason: string, cause?: unknown) {
    super(reason, { facts: { kind }, cause });
    this.kind = kind;
    this.retryable = kind !== 'record';
  }
}

const byNumber: Readonly<Record<number, MirrorFaultKind>> = {
  28: 'server', // no space left
  1021: 'server', // disk full
  1026: 'server', // error writing file
  1030: 'server', // error from the storage engine
  1041: 'server', // out of memory
  1044: 'server', // the account may not
  1045: 'server',
  1114: 'server', // table is full
  1142: 'server',
  1143: 'server',
  1227: 'server',
  1049: 'schema', // no such database
  1054: 'schema', // no such column
  1136: 'schema', // column count does not match
  1146: 'schema', // no such table
  1364: 'schema', // a column that the other side does not have, without a default
};

/** `node` names the server in the sentence. */
export function mirrorFault(node: string, error: unknown): MirrorFaultError {
  const chain = causesOf(error);
  const known = chain.find((link) => link instanceof MirrorFaultError);
  if (known !== undefined) return known;
  if (chain.some((link) => link instanceof NoAnswerError))
    return new MirrorFaultError('server', `${node} does not answer`, error);
  const told =
    chain.find((link) => 'errno' in link && typeof link.errno === 'number' && link.errno > 0) ?? chain.at(-1);
  return new MirrorFaultError(kindOf(told), `${node} ${inWords(told)}`, error);
}

function kindOf(error: unknown): MirrorFaultKind {
  switch (faultOf(error)) {
    case 'CONNECTION':
    case 'EXHAUSTED':
    case 'READ_ONLY':
    case 'STATEMENT_TIMEOUT':
      return 'server';
    case 'DEADLOCK':
    case 'LOCK_TIMEOUT':
    case 'CHANGED':
      return 'busy';
    default: {
      const errno = error instanceof Error && 'errno' in error ? Number(error.errno) : 0;
      return byNumber[errno] ?? 'record';
    }
  }
}

/** The server's own sentence names the column that a record failed on. The driver's would repeat the statement. */
function inWords(error: unknown): string {
  if (error instanceof Error && 'sqlMessage' in error && typeof error.sqlMessage === 'string') return error.sqlMessage;
  return faultInWords(error);
}

function causesOf(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let link = error; link instanceof Error && chain.length < 10; link = link.cause) chain.push(link);
  return chain;
}
