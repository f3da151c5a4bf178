/** What an engine does with a database. A part that is not used is not made, and needs no table and no right. */
import type { OwnStatements } from '../clients/own-statements.ts';
import { DatabaseReadOnlyError, DatabaseUsesError, DatabaseWriteOnlyError } from '../errors.ts';

export type DatabaseUses = {
  /** Off, reads are refused, but for those of a write's own transaction. */
  readonly reads: boolean;
  /** Off, writes are refused, by the servers too: connections are opened for reading only. */
  readonly writes: boolean;
  /** Writes are noted in the table `outbox` for the backup. On when `mirroring` is given. */
  readonly mirrored: boolean;
  /** Promotions are read from the table `cluster_epochs`, and recorded there. Off, there is one epoch for ever. */
  readonly epochs: boolean;
};

/** Defaults: all but `mirrored`, which needs the models. Throws `DatabaseUsesError`. */
export function resolveUses(
  name: string,
  { uses = {}, mirroring }: { readonly uses?: Partial<DatabaseUses>; readonly mirroring?: unknown },
): DatabaseUses {
  const { reads = true, writes = true, epochs = true, mirrored = writes && mirroring !== undefined } = uses;
  if (!reads && !writes) throw new DatabaseUsesError(name, 'is neither read nor written');
  if (mirrored && !writes) throw new DatabaseUsesError(name, 'is not written, so there is nothing to mirror');
  if (mirrored && mirroring === undefined)
    throw new DatabaseUsesError(name, 'is mirrored: give its models as mirroring');
  return { reads, writes, mirrored, epochs };
}

/** Throws `DatabaseReadOnlyError` or `DatabaseWriteOnlyError`. */
export function refuseOtherUses(
  name: string,
  { reads, writes }: DatabaseUses,
  asked: { readonly writes: boolean },
): void {
  if (asked.writes && !writes) throw new DatabaseReadOnlyError(name);
  if (!asked.writes && !reads) throw new DatabaseWriteOnlyError(name);
}

/** Stands where a database that is written has what writes to it. */
export function refusingWriter(name: string) {
  const refused = async (_work: (transaction: never, own: OwnStatements) => unknown): Promise<never> => {
    throw new DatabaseReadOnlyError(name);
  };
  return { write: refused, annotate: refused };
}
