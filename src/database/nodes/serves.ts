import type { WriteRight } from '../../cluster/write-fault.ts';

/** A table that a serving node must be able to read, with the columns that reads use. */
export type ServedTable = { readonly table: string; readonly columns: readonly string[] };

/**
 * A right that the source needs on the columns that are written. `without`: in a few words, what does not work if it is missing.
 * `stops`: no order can be written then.
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

/** What a serving node must be able to read and write, and the migrations that provide it. */
export type Served = {
  readonly tables: readonly ServedTable[];
  readonly written: readonly WrittenTable[];
  readonly migrations: readonly string[];
};
