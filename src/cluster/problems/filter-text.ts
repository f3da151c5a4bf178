/** How servers write what a filter names, and whether it can touch a schema. Whatever cannot be read may touch it. */

/** Names or numbers between commas, in small letters. */
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

/** Whether one of the patterns is for some table of the schema. */
export function matchesTableOf(schema: string, patterns: string): boolean {
  return listOf(patterns).some((pattern) => {
    const [database, table] = splitPattern(pattern);
    return table === null || toRegExp(database).test(schema.toLowerCase());
  });
}

/** Whether one of the patterns is for every table of the schema. */
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

/** At the first dot that no backslash stands before. `null` for a pattern without one. */
function splitPattern(pattern: string): readonly [database: string, table: string | null] {
  const [, database = pattern, table = null] = /^((?:\\.|[^.\\])*)\.(.*)$/s.exec(pattern) ?? [];
  return [database, table];
}

/** `%` is any text, `_` any character, a backslash makes the next one plain. */
function toRegExp(pattern: string): RegExp {
  const parts = pattern.match(/\\.|[^\\]|\\$/gs) ?? [];
  const source = parts.map((part) => {
    if (part === '%') return '.*';
    if (part === '_') return '.';
    return part.replace(/^\\(?=.)/s, '').replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&');
  });
  return new RegExp(`^${source.join('')}$`, 's');
}
