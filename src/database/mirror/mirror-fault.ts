/**
 * Why mirroring stopped, and so how to continue:
 *
 *   server   a server is down, full, read-only or refuses the account: wait, the records are not at fault
 *   busy     another session holds locks: retry soon
 *   schema   the tables of the two sides do not match: wait until they are migrated
 *   record   the backup refuses what a record contains: retry it alone, and park it in the end
 */
import type { ServingFaultKind } from '../../cluster/serving.ts';
import { TidemarkError } from '../../errors.ts';
import { faultInWords, faultOf, isDriverError, sentenceOf, unableBy } from '../../servers/faults.ts';
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

/** `node` names the server in the sentence. */
export function mirrorFault(node: string, error: unknown): MirrorFaultError {
  const chain = causesOf(error);
  const known = chain.find((link) => link instanceof MirrorFaultError);
  if (known !== undefined) return known;
  if (chain.some((link) => link instanceof NoAnswerError))
    return new MirrorFaultError('server', `${node} does not answer`, error);
  const told = chain.find(isDriverError) ?? chain.at(-1);
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
    default:
      return byKind(unableBy(error));
  }
}

function byKind(kind: ServingFaultKind | null): MirrorFaultKind {
  if (kind === null) return 'record';
  return kind === 'TABLE_MISSING' ? 'schema' : 'server';
}

/** The server's own sentence names the column that a record failed on. The driver's would repeat the statement. */
function inWords(error: unknown): string {
  return sentenceOf(error) ?? faultInWords(error);
}

function causesOf(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let link = error; link instanceof Error && chain.length < 10; link = link.cause) chain.push(link);
  return chain;
}
