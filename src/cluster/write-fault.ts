/**
 * What keeps the source from writing some of what it should: read-only is not the only way to refuse. Determined by asking for the plan of
 * each write, with the account that writes.
 */
import { type ServingFaultKind, servingFaultInWords } from './serving.ts';

export type WriteRight = 'INSERT' | 'UPDATE' | 'DELETE';

export type WriteFault = {
  readonly kind: Exclude<ServingFaultKind, 'TABLE_SILENT'>;
  readonly table: string;
  /** The rights that are missing. */
  readonly rights: readonly WriteRight[];
  /** The server's own code, `null` if it gave none. */
  readonly code: string | null;
  /** The consequences, each in a few words. */
  readonly without: readonly string[];
  /** No order can be written without it. */
  readonly stops: boolean;
  /** The statement that fixes it, if the server's answer tells. */
  readonly cure: string | null;
};

export function writeFaultInWords(fault: WriteFault): string {
  const { kind, table, rights, code } = fault;
  if (kind !== 'RIGHT_MISSING') return servingFaultInWords(fault);
  return `does not let the account write to ${table}: ${rights.join(', ')} missing${code === null ? '' : ` (${code})`}`;
}
