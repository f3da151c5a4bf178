import type { WriteRight } from '../../cluster/write-fault.ts';

/** A table that whoever serves has to be able to read, with the columns that reads ask for. */
export type ServedTable = { readonly table: string; readonly columns: readonly string[] };

/**
 * A right that whoever takes writes needs, to the columns that are written. `without`: what does not happen when it is missing,
 * in a few words. `stops`: no order is written then.
 */
export type WriteNeed = {
  readonly columns: readonly string[];
  readonly without: string;
  readonly stops?: boolean;
};
export type WrittenTable = {
  readonly table: string;
  readonly rights: Readonly<Partial<Record<WriteRight, WriteNeed>>>;
};

/** What whoever serves has to be able to read and to write, and the migrations that make it so. */
export type Served = {
  readonly tables: readonly ServedTable[];
  readonly written: readonly WrittenTable[];
  readonly migrations: readonly string[];
};
