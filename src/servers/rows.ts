/** A row of a server's answer, by column name. */
export type Row = Readonly<Record<string, unknown>>;

/** The values of some columns by their names. */
export function columnsOf(row: Row, names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, textOf(row, name)]));
}

export function textOf(row: Row | undefined, column: string): string {
  const value = row?.[column];
  return value === null || value === undefined ? '' : String(value);
}

export function rowsOf(result: unknown): readonly Row[] {
  return Array.isArray(result) ? (result as readonly Row[]) : [];
}
