import { describe, expect, it } from 'vitest';
import { firstRow, mayHoldSeveral, queryWith } from '../../../src/servers/mysql-family/joined-statements.ts';

const answer = (columns: string[], ...rows: unknown[][]) =>
  Object.assign(rows, { meta: columns.map((column) => ({ name: () => column })) });

describe('a statement and questions behind it', () => {
  it('are one text, and a comment at the end of one swallows none of the others', async () => {
    const sent: unknown[] = [];
    const connection = {
      query: async (statement: unknown, values: unknown) => {
        sent.push(statement, values);
        return [answer(['id'], [1], [2]), answer(['a', 'b'], ['x', 'y'])];
      },
    };
    const options = { sql: 'SELECT id FROM t WHERE id < ? -- few', dateStrings: true };
    const [rows, probe] = await queryWith<unknown[]>(connection as never, options, [3], ['SELECT 1 AS a, 2 AS b']);
    expect(sent).toEqual([
      { sql: 'SELECT id FROM t WHERE id < ? -- few\n;SELECT 1 AS a, 2 AS b', dateStrings: true, rowsAsArray: true },
      [3],
    ]);
    expect(rows).toHaveLength(2);
    expect(probe && firstRow(probe)).toEqual({ a: 'x', b: 'y' });
  });

  it.each([
    ['SELECT 1', false],
    ['SELECT 1; DROP TABLE t', true],
    ["SELECT ';'", true],
    ['SELECT 1;', true],
  ])('%s may hold several: %s', (text, several) => {
    expect(mayHoldSeveral(text)).toBe(several);
  });
});
