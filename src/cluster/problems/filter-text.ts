/** Parses the names in replication filters, to find whether they can affect a schema. Unreadable ones may. */

/** Names or numbers separated by commas, in lower case. */
export function listOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .filter((part) => part !== '');
}

/** Whether `schema.table` for some table of the schema is in a list of such names. */
export function namesTableOf(schema: string, tables: string): boolean {
  return listOf(tables).some((name) => !name.includes('.') || name.startsWith(`${schema.toLowerCase()}.`));
}

/** Whether one of the patterns matches some table of the schema. */
export function matchesTableOf(schema: string, patterns: string): boolean {
  return listOf(patterns).some((pattern) => {
    const [database, table] = splitPattern(pattern);
    return table === null || toRegExp(database).test(schema.toLowerCase());
  });
}

/** Whether one of the patterns matches every table of the schema. */
export function matchesAllTablesOf(schema: string, patterns: string): boolean {
  return listOf(patterns).some((pattern) => {
    const [database, table] = splitPattern(pattern);
    return table === '%' && toRegExp(database).test(schema.toLowerCase());
  });
}

/** MariaDB writes `from->to`, MySQL `(from,to)`; both sides matter. */
export function rewritesSchema(schema: string, rewrites: string): boolean {
  return rewrites
    .toLowerCase()
    .split(/->|[(),\s]+/)
    .includes(schema.toLowerCase());
}

/** Splits at the first unescaped dot. `null` for a pattern without one. */
function splitPattern(pattern: string): readonly [database: string, table: string | null] {
  const [, database = pattern, table = null] = /^((?:\\.|[^.\\])*)\.(.*)$/s.exec(pattern) ?? [];
  return [database, table];
}

/** `%` is any text, `_` any character, a backslash escapes the next one. */
function toRegExp(pattern: string): RegExp {
  const parts = pattern.match(/\\.|[^\\]|\\$/gs) ?? [];
  const source = parts.map((part) => {
    if (part === '%') return '.*';
    if (part === '_') return '.';
    return part.replace(/^\\(?=.)/s, '').replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&');
  });
  return new RegExp(`^${source.join('')}$`, 's');
}
