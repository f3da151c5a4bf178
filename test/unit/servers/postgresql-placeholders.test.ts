import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numbered } from '../../../src/servers/postgresql/placeholders.ts';

describe('question marks', () => {
  it.each<[sql: string, values: unknown, text: string, flat: unknown[]]>([
    ['SELECT 1', undefined, 'SELECT 1', []],
    ['SELECT ?', [1], 'SELECT $1', [1]],
    ['SELECT ?', 1, 'SELECT $1', [1]],
    ['SELECT ?, ?', [null, 'b'], 'SELECT $1, $2', [null, 'b']],
    ['WHERE id IN (?) AND a = ?', [[1n, 2n], 'x'], 'WHERE id IN ($1, $2) AND a = $3', [1n, 2n, 'x']],
    ['WHERE id IN (?)', [[]], 'WHERE id IN (NULL)', []],
    [
      'VALUES ?',
      [
        [
          [1, 'a'],
          [2, 'b'],
        ],
      ],
      'VALUES ($1, $2), ($3, $4)',
      [1, 'a', 2, 'b'],
    ],
    ["SELECT '?', ?", [1], "SELECT '?', $1", [1]],
    ["SELECT 'it''s ?', ?", [1], "SELECT 'it''s ?', $1", [1]],
    // A backslash is a character like any other, except in an E string.
    ["SELECT '\\', ?", [1], "SELECT '\\', $1", [1]],
    ["SELECT E'\\'?', ?", [1], "SELECT E'\\'?', $1", [1]],
    ["SELECT E'\\\n\\'?', ?", [1], "SELECT E'\\\n\\'?', $1", [1]],
    ['SELECT "a?b", ?', [1], 'SELECT "a?b", $1', [1]],
    ['SELECT $$?$$, $a$ ? $$ $a$, ?', [1], 'SELECT $$?$$, $a$ ? $$ $a$, $1', [1]],
    ['SELECT ? -- why?\n, ?', [1, 2], 'SELECT $1 -- why?\n, $2', [1, 2]],
    ['SELECT /* ? /* ? */ ? */ ?', [1], 'SELECT /* ? /* ? */ ? */ $1', [1]],
  ])('in %s are counted', (sql, values, text, flat) => {
    expect(numbered(sql, values)).toEqual({ text, values: flat });
  });

  it.each<[sql: string, values: unknown]>([
    ['SELECT ?', []],
    ['SELECT 1', [1]],
    ['SELECT ?, ?', [1]],
  ])('in %s have to be as many as the values', (sql, values) => {
    expect(() => numbered(sql, values)).toThrow(RangeError);
  });

  it('in a string are part of it, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
        const name = `"${b.replaceAll('"', '""')}"`;
        const { text, values } = numbered(`SELECT ${quoted(a)}, ?, ${name}, ?`, [1, 2]);
        expect(values).toEqual([1, 2]);
        expect(text).toBe(`SELECT ${quoted(a)}, $1, ${name}, $2`);
      }),
    );
  });
});
