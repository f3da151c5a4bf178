/** A table that whoever serves has to be able to read, with the columns that reads ask for. */
export type ServedTable = { readonly table: string; readonly columns: readonly string[] };
/** What whoever serves has to be able to read, and the migrations that make it so. */
export type Served = { readonly tables: readonly ServedTable[]; readonly migrations: readonly string[] };
