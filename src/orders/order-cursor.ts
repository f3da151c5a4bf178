/**
 * Where a page begins or ends, opaque to clients: base64url of a JSON list. It carries its sort order, the place, and the consistency
 * token of its page, so that the next page is never older than that one. The token is of the database of the list only.
 */
import { BadCursorError } from './errors.ts';
import { maxId } from './order-rules.ts';
import { isPlaceValue, type OrderSort, orderSortFields, type Place } from './order-sort.ts';

const version = 1;
/** Enough for the largest token and the largest place. */
const maxLength = 8192;

export function writeCursor(sort: OrderSort, place: Place, token: string | null): string {
  const parts = [
    version,
    orderSortFields.indexOf(sort.field),
    sort.direction === 'ASC' ? 1 : 0,
    place.value,
    `${place.id}`,
    token,
  ];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** Throws `BadCursorError` if the text is not a cursor, or a cursor of another sort order. */
export function readCursor(cursor: string, sort: OrderSort, argument: 'after' | 'before'): Place {
  const parts = parseParts(cursor);
  if (parts === null) throw new BadCursorError(argument, 'is not valid');
  const [, field, ascending, value, id] = parts;
  if (orderSortFields[field] !== sort.field || (ascending === 1) !== (sort.direction === 'ASC')) {
    throw new BadCursorError(argument, 'belongs to a list with another `orderBy`');
  }
  if (!isPlaceValue(sort.field, value)) throw new BadCursorError(argument, 'is not valid');
  return { value, id: BigInt(id) };
}

/** The consistency token inside a cursor, `null` if there is none or the text is not a cursor. Throws nothing. */
export function cursorToken(cursor: string): string | null {
  return parseParts(cursor)?.[5] ?? null;
}

type Parts = [version: number, field: number, ascending: number, value: string, id: string, token: string | null];

function parseParts(cursor: string): Parts | null {
  if (cursor.length > maxLength || !/^[\w-]+$/.test(cursor)) return null;
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return isParts(parts) ? parts : null;
  } catch {
    return null;
  }
}

function isParts(parts: unknown): parts is Parts {
  if (!Array.isArray(parts) || parts.length !== 6) return false;
  const [madeBy, field, ascending, value, id, token] = parts as unknown[];
  return (
    madeBy === version &&
    typeof field === 'number' &&
    (ascending === 0 || ascending === 1) &&
    typeof value === 'string' &&
    typeof id === 'string' &&
    isId(id) &&
    (token === null || typeof token === 'string')
  );
}

function isId(text: string): boolean {
  return /^\d{1,19}$/.test(text) && BigInt(text) <= maxId;
}
