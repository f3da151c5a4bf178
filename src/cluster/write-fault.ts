/**
 * What keeps the server that takes the writes from writing some of what it is there for: read-only is not the only way to refuse.
 * Found by asking how it would carry out each write, as the account that writes.
 */
import { type ServingFaultKind, servingFaultInWords } from './serving.ts';

export type WriteRight = 'INSERT' | 'UPDATE' | 'DELETE';

export type WriteFault = {
  readonly kind: Exclude<ServingFaultKind, 'TABLE_SILENT'>;
  readonly table: string;
  /** What was to be done there. */
  readonly rights: readonly WriteRight[];
  /** The server's own word for it, `null` when it said none. */
  readonly code: string | null;
  /** What does not happen then, each in a few words. */
  readonly without: readonly string[];
  /** No order is written without it. */
  readonly stops: boolean;
  /** The statement that mends it, where the server's answer tells. */
  readonly cure: string | null;
};

export function writeFaultInWords(fault: WriteFault): string {
  const { kind, table, rights, code } = fault;
  if (kind !== 'RIGHT_MISSING') return servingFaultInWords(fault);
  return `does not let the account write to ${table}: ${rights.join(', ')} missing${code === null ? '' : ` (${code})`}`;
}
