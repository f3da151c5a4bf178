/**
 * Statements of this program have a question mark for each value; PostgreSQL counts them: `$1`. A list takes one for each of its
 * values, so that `IN (?)` and `VALUES ?` can be given as many as there are. Pure.
 */

/** What is no place for a value: strings, quoted names, dollar quotes and comments, which nest. */
const opaque = /\b[eE]'(?:[^'\\]|''|\\[\s\S])*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(?:[A-Za-z_]\w*)?\$|--[^\n]*|\/\*|\?/g;

export type Numbered = { readonly text: string; readonly values: readonly unknown[] };

export function numbered(sql: string, values: unknown): Numbered {
  const given = values === undefined ? [] : Array.isArray(values) ? values : [values];
  const flat: unknown[] = [];
  let text = '';
  let from = 0;
  let next = 0;
  opaque.lastIndex = 0;
  for (let found = opaque.exec(sql); found !== null; found = opaque.exec(sql)) {
    if (found[0] !== '?') {
      opaque.lastIndex = endOf(sql, found.index, found[0]);
      continue;
    }
    if (next >= given.length) throw new RangeError('There are more question marks than values');
    text += sql.slice(from, found.index) + places(given[next], flat);
    next += 1;
    from = opaque.lastIndex;
  }
  if (next < given.length) throw new RangeError('There are more values than question marks');
  return { text: text + sql.slice(from), values: flat };
}

/** Where what begins at `start` is over. What is never closed reaches to the end: the server refuses it. */
function endOf(sql: string, start: number, opening: string): number {
  if (opening === '/*') return endOfComment(sql, start);
  if (!opening.startsWith('$')) return start + opening.length;
  const end = sql.indexOf(opening, start + opening.length);
  return end === -1 ? sql.length : end + opening.length;
}

function endOfComment(sql: string, start: number): number {
  let depth = 0;
  const edges = /\/\*|\*\//g;
  edges.lastIndex = start;
  for (let edge = edges.exec(sql); edge !== null; edge = edges.exec(sql)) {
    depth += edge[0] === '/*' ? 1 : -1;
    if (depth === 0) return edges.lastIndex;
  }
  return sql.length;
}

/** An empty list is that of a value which nothing equals. */
function places(value: unknown, flat: unknown[]): string {
  if (!Array.isArray(value)) {
    flat.push(value);
    return `$${flat.length}`;
  }
  if (value.length === 0) return 'NULL';
  return value.map((one) => (Array.isArray(one) ? `(${places(one, flat)})` : places(one, flat))).join(', ');
}
