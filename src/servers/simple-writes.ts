/**
 * Parses the writes that Prisma sends, as MySQL spells them, one table each: which table, which keys. Prisma composes them from few patterns. A
 * statement that fits none of them is refused, which is the safe side: a wrong guess would be a change that never reaches the
 * backup.
 */
import type { Assignment, Cell, Where, WriteStatement } from './dialect.ts';

const name = '(?:`[^`]+`|[\\w$]+)';
const targets = new RegExp(
  `^\\s*(INSERT\\s+(?:IGNORE\\s+)?INTO|REPLACE\\s+(?:INTO)?|UPDATE\\s+(?:IGNORE\\s+)?|DELETE\\s+(?:IGNORE\\s+)?FROM)\\s*((?:${name}\\s*\\.\\s*)?(${name}))\\s*`,
  'i',
);

/** The table that a statement writes to, `null` when it is no write of one table. */
export function targetOf(text: string): string | null {
  const table = targets.exec(text)?.[3];
  return table === undefined ? null : bare(table);
}

/** `null` when the statement cannot be read. */
export function readWrite(text: string): WriteStatement | null {
  const masked = withoutTexts(text);
  const [head, verb, target] = targets.exec(text) ?? [];
  if (head === undefined || verb === undefined || target === undefined || masked === null) return null;
  if (/^INSERT/i.test(verb)) return readInsert(masked, head.length);
  const from = head.length;
  if (/^DELETE/i.test(verb)) {
    const where = /^(WHERE\s|$)/i.test(masked.slice(from)) ? whereOf(text, masked, from) : null;
    return where && { kind: 'DELETE', name: target, where };
  }
  if (!/^UPDATE/i.test(verb) || !/^SET\s/i.test(masked.slice(from))) return null;
  const where = whereOf(text, masked, from);
  const end = where === null ? 0 : where.before.length;
  const assigned = where && readAssignments(masked.slice(from + 4, end), questionMarks(masked.slice(0, from)));
  return where && assigned && { kind: 'UPDATE', name: target, assigned, where };
}

/** Parameters that name every key a matching row can have; `null` if the condition does not limit the keys. */
export function keysNamedBy({ text, firstParameter }: Where, keyColumn: string): readonly number[] | null {
  const masked = withoutTexts(text);
  if (masked === null || /\b(?:BETWEEN|CASE)\b/i.test(masked)) return null;
  const column = `(?:${name}\\s*\\.\\s*)*(?:\`${keyColumn}\`|${keyColumn}\\b)`;
  const naming = new RegExp(`^${column}\\s*(?:=\\s*\\?|IN\\s*\\(\\s*\\?(?:\\s*,\\s*\\?)*\\s*\\))$`, 'i');
  for (const { part, at } of conjuncts(masked, 0)) {
    if (!naming.test(part)) continue;
    const first = firstParameter + questionMarks(masked.slice(0, at));
    return Array.from({ length: questionMarks(part) }, (_, index) => first + index);
  }
  return null;
}

function readInsert(masked: string, from: number): WriteStatement | null {
  const parts = /^\(([^()]*)\)\s*VALUES\s*(?=\()/i.exec(masked.slice(from));
  if (parts === null) return null;
  const columns = (parts[1] ?? '').split(',').map((column) => bare(column.trim()));
  const rows: Cell[][] = [];
  let at = from + parts[0].length;
  let parameters = questionMarks(masked.slice(0, at));
  for (;;) {
    const end = closing(masked, at);
    if (end === -1) return null;
    const row: Cell[] = [];
    for (const { part } of split(masked.slice(at + 1, end), /,/y)) {
      row.push(cellOf(part.trim(), parameters));
      parameters += questionMarks(part);
    }
    if (row.length !== columns.length) return null;
    rows.push(row);
    const next = /^\s*(,\s*(?=\()|$)/.exec(masked.slice(end + 1));
    if (next === null) return null;
    if (next[1] === '') return { kind: 'INSERT', columns: columns[0] === '' ? [] : columns, rows };
    at = end + 1 + next[0].length;
  }
}

function readAssignments(masked: string, firstParameter: number): Assignment[] | null {
  const assigned: Assignment[] = [];
  let parameters = firstParameter;
  for (const { part } of split(masked, /,/y)) {
    const [, column, value] =
      new RegExp(`^\\s*(?:${name}\\s*\\.\\s*)*(${name})\\s*=\\s*([\\s\\S]*?)\\s*$`).exec(part) ?? [];
    if (column === undefined || value === undefined) return null;
    assigned.push({ column: bare(column), cell: cellOf(value, parameters) });
    parameters += questionMarks(part);
  }
  return assigned;
}

function cellOf(part: string, parameter: number): Cell {
  if (part === '?') return parameter;
  return part === '' || /^(?:DEFAULT|NULL)$/i.test(part) ? 'NONE' : 'OTHER';
}

function whereOf(text: string, masked: string, from: number): Where | null {
  const [head, condition, more] = split(masked.slice(from), /\bWHERE\b/iy);
  if (head === undefined || more !== undefined) return null;
  if (condition === undefined) return { before: text, text: '1=1', firstParameter: questionMarks(masked) };
  const after = split(condition.part, /\b(?:ORDER\s+BY|LIMIT|RETURNING)\b/iy);
  if (after.length > 1) return null;
  const start = from + condition.at;
  const before = text.slice(0, from + head.part.length);
  return { before, text: text.slice(start).trim(), firstParameter: questionMarks(masked.slice(0, start)) };
}

/** What must all be true for the whole to be true. */
function conjuncts(masked: string, at: number): { readonly part: string; readonly at: number }[] {
  const start = at + (/^\s*/.exec(masked)?.[0].length ?? 0);
  const part = masked.trim();
  if (part.startsWith('(') && closing(part, 0) === part.length - 1) return conjuncts(part.slice(1, -1), start + 1);
  if (split(part, /\b(?:OR|XOR)\b|\|\|/iy).length > 1) return [{ part, at: start }];
  const parts = split(part, /\bAND\b|&&/iy);
  if (parts.length === 1) return [{ part, at: start }];
  return parts.flatMap((each) => conjuncts(each.part, start + each.at));
}

/** Cuts at a separator outside of brackets. The expression is sticky. */
function split(masked: string, separator: RegExp): { readonly part: string; readonly at: number }[] {
  const parts: { part: string; at: number }[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < masked.length; index += 1) {
    const character = masked[index];
    if (character === '`') index = masked.indexOf('`', index + 1);
    else if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    else if (depth === 0) {
      separator.lastIndex = index;
      const found = separator.exec(masked)?.[0];
      if (found === undefined) continue;
      parts.push({ part: masked.slice(start, index), at: start });
      start = index + found.length;
      index = start - 1;
    }
    if (index === -1) break;
  }
  parts.push({ part: masked.slice(start), at: start });
  return parts;
}

/** Where the bracket that opens at `open` is closed, -1 when it is not. */
function closing(masked: string, open: number): number {
  let depth = 0;
  for (let index = open; index < masked.length; index += 1) {
    if (masked[index] === '(') depth += 1;
    else if (masked[index] === ')') depth -= 1;
    if (depth === 0) return index;
  }
  return -1;
}

/** The same length with nothing left in quotes and comments that could be taken for more than it is. */
function withoutTexts(text: string): string | null {
  const masked = text
    .replaceAll(/'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"/g, (quoted) => 'x'.repeat(quoted.length))
    .replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => ' '.repeat(comment.length));
  return /['"#]|--\s/.test(masked) ? null : masked;
}

function questionMarks(masked: string): number {
  return masked.split('?').length - 1;
}

function bare(quoted: string): string {
  return quoted.replaceAll('`', '');
}
