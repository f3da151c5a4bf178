/**
 * A value that the server refuses to store, by its error number: the tables may be narrower than this program's, in another
 * character set, or have rules of their own. The session is strict (session-settings.ts), so nothing is stored changed.
 */
import { SqlError } from 'mariadb';
import { type RefusedValue, ValueRefusedError } from '../refused-value.ts';

const byNumber: Readonly<Record<number, RefusedValue['why']>> = {
  1264: 'RANGE', // out of range for a column
  1265: 'FORM', // truncated: a word that an ENUM does not know
  1267: 'CHARACTERS', // texts that cannot be compared
  1270: 'CHARACTERS',
  1271: 'CHARACTERS',
  1292: 'FORM', // incorrect date
  1300: 'CHARACTERS', // no text of its character set
  1366: 'CHARACTERS', // incorrect string, or number
  1367: 'FORM', // illegal number
  1406: 'LENGTH',
  1411: 'FORM', // incorrect value for a function
  1690: 'RANGE', // a sum that leaves the range of its type
  1977: 'CHARACTERS', // cannot be converted (MariaDB)
  3819: 'RULE', // CHECK (MySQL)
  3854: 'CHARACTERS', // cannot be converted (MySQL)
  4025: 'RULE', // CHECK (MariaDB)
};

export const isAboutValue = (errno: number): boolean => errno in byNumber;

/** `null` when the error is about no value. */
export function refusedValueOf(error: unknown): ValueRefusedError | null {
  if (!(error instanceof SqlError)) return null;
  const why = byNumber[error.errno];
  if (why === undefined) return null;
  const text = error.sqlMessage ?? '';
  const isNumber = why === 'CHARACTERS' && /^Incorrect (?:integer|decimal|double)/i.test(text);
  return new ValueRefusedError({ why: isNumber ? 'FORM' : why, ...placeIn(text) }, error);
}

/** `for column 'name' at row 2`, where MariaDB names database and table as well; a rule has a name of its own. */
function placeIn(text: string): Pick<RefusedValue, 'column' | 'row'> {
  const [, quoted, row] = /for column ((?:[`'][^`']*[`']\.?)+)(?: at row (\d+))?/i.exec(text) ?? [];
  const column = quoted?.match(/[`']([^`']*)[`']$/)?.[1] ?? null;
  return { column, row: row === undefined ? null : Number(row) };
}
