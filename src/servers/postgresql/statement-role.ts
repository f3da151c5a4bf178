/** What a statement of the application does to its transaction and to its connection, by its first words. Pure. */
import type { StatementRole } from '../dialect.ts';

/** Without the comments before it, in capitals and with single spaces. */
export function beginningOf(text: string): string {
  let rest = text;
  for (let before = ''; before !== rest; ) {
    before = rest;
    rest = withoutComment(rest.trimStart());
  }
  return rest.slice(0, 200).replaceAll(/\s+/g, ' ').toUpperCase();
}

/** Comments in `/*` nest. */
function withoutComment(text: string): string {
  if (text.startsWith('--')) return text.slice(`${text}\n`.indexOf('\n') + 1);
  if (!text.startsWith('/*')) return text;
  let depth = 0;
  const edges = /\/\*|\*\//g;
  for (let edge = edges.exec(text); edge !== null; edge = edges.exec(text)) {
    depth += edge[0] === '/*' ? 1 : -1;
    if (depth === 0) return text.slice(edges.lastIndex);
  }
  return '';
}

const keeps =
  /^(?:SELECT|INSERT|UPDATE|DELETE|MERGE|WITH|VALUES|TABLE|EXPLAIN|SHOW|SET|RESET|LOCK|SAVEPOINT|RELEASE|ROLLBACK(?: WORK| TRANSACTION)? TO|DECLARE|FETCH|MOVE|CLOSE|NOTIFY|LISTEN|UNLISTEN|COPY|TRUNCATE|ANALYZE|CREATE|ALTER|DROP|COMMENT|GRANT|REVOKE|PREPARE|EXECUTE|DEALLOCATE)\b|^\(/;
/** Code of the server may end a transaction and begin another one. */
const hides = /^(?:CALL|DO)\b/;
/** `PREPARE TRANSACTION` takes the transaction away from its connection. */
const ends = /^PREPARE TRANSACTION\b/;

export function roleOf(text: string): StatementRole {
  const beginning = beginningOf(text);
  if (ends.test(beginning)) return 'ENDS';
  if (hides.test(beginning)) return 'HIDES';
  return keeps.test(beginning) ? 'KEEPS' : 'ENDS';
}

/** In a transaction, `SET LOCAL` and its like end with it; `SET TRANSACTION` does too. */
const changes =
  /^(?:SET(?! (?:LOCAL|TRANSACTION|CONSTRAINTS)\b)|RESET|DISCARD|LISTEN|UNLISTEN|PREPARE|DEALLOCATE|DECLARE .* WITH HOLD|LOAD|CALL|DO|CREATE (?:OR REPLACE )?(?:GLOBAL |LOCAL )?TEMP(?:ORARY)?)\b/;
/** Functions that change the session, wherever they are called. */
const changing =
  /\b(?:pg_(?:try_)?advisory_lock(?:_shared)?|set_config|setseed|pg_temp)\b|\bINTO\s+(?:(?:GLOBAL|LOCAL)\s+)?TEMP/i;

export function mayChangeConnection(text: string): boolean {
  return changes.test(beginningOf(text)) || changing.test(text);
}

export function mayLeaveTransaction(text: string): boolean {
  return /^(?:BEGIN|START|SET SESSION CHARACTERISTICS|CALL|DO)\b/.test(beginningOf(text));
}

/** Also true if the semicolon is in a string or a comment. */
export const mayHoldSeveral = (text: string): boolean => text.includes(';');

const name = String.raw`(?:"((?:[^"]|"")+)"|([A-Za-z_][\w$]*))`;
const target = new RegExp(
  String.raw`^(?:INSERT\s+INTO|UPDATE(?:\s+ONLY)?|DELETE\s+FROM(?:\s+ONLY)?|MERGE\s+INTO)\s+(?:${name}\s*\.\s*)?${name}`,
  'i',
);

/** The table that a statement writes to, without its schema. */
export function targetOf(text: string): string | null {
  let rest = text;
  for (let before = ''; before !== rest; ) {
    before = rest;
    rest = withoutComment(rest.trimStart());
  }
  const found = target.exec(rest);
  const quoted = found?.[3];
  if (quoted !== undefined) return quoted.replaceAll('""', '"');
  return found?.[4]?.toLowerCase() ?? null;
}
