/** A table that whoever serves has to be able to read, with the columns that reads ask for. */
export type ServedTable = { readonly table: string; readonly columns: readonly string[] };
