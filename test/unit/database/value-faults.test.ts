import { SqlError } from 'mariadb';
import { expect, it } from 'vitest';
import { refusedValueOf } from '../../../src/servers/mysql-family/value-faults.ts';

const sqlError = (errno: number, sqlMessage: string) => Object.assign(new SqlError(sqlMessage), { errno, sqlMessage });

it.each([
  [
    1366,
    "Incorrect string value: '\\xF0\\x9F' for column `shop`.`order_items`.`name` at row 2",
    'CHARACTERS',
    'name',
    2,
  ],
  [1366, "Incorrect string value: '\\xF0\\x9F' for column 'name' at row 2", 'CHARACTERS', 'name', 2],
  [1366, "Incorrect integer value: 'x' for column 'total' at row 1", 'FORM', 'total', 1],
  [1406, "Data too long for column 'sku' at row 50", 'LENGTH', 'sku', 50],
  [1264, "Out of range value for column 'user_id' at row 1", 'RANGE', 'user_id', 1],
  [1690, "BIGINT UNSIGNED value is out of range in '(`version` + 1)'", 'RANGE', null, null],
  [1292, "Incorrect datetime value: '9' for column `shop`.`orders`.`processed_at` at row 1", 'FORM', 'processed_at', 1],
  [3819, "Check constraint 'modest' is violated.", 'RULE', null, null],
  [4025, 'CONSTRAINT `modest` failed for `shop`.`orders`', 'RULE', null, null],
  [1267, 'Illegal mix of collations', 'CHARACTERS', null, null],
] as const)('%i, %s: %s of %s, row %s', (errno, text, why, column, row) => {
  const error = refusedValueOf(sqlError(errno, text));
  expect(error?.refused).toEqual({ why, column, row });
  // What was given stays out of messages.
  expect(error?.message).not.toMatch(/xF0|'x'|'9'/);
});

it.each([
  ['a unique value that is taken', sqlError(1062, "Duplicate entry 'a' for key 'b'")],
  ['a lost connection', Object.assign(new Error('reset'), { code: 'ECONNRESET' })],
  ['nothing', null],
])('%s is about no value', (_, error) => expect(refusedValueOf(error)).toBeNull());
