import { describe, expect, it } from 'vitest';
import { keysNamedBy, readWrite } from '../../../src/servers/postgresql/write-statement.ts';

describe('a write for PostgreSQL', () => {
  it.each([
    [
      '"public"."orders" ("id","number") VALUES ($1,$2), ($3,$4) RETURNING "public"."orders"."id"',
      [
        [0, 1],
        [2, 3],
      ],
    ],
    ['orders (id, number) VALUES (?, ?)', [[0, 1]]],
    ['"orders" ("id", "number") VALUES (DEFAULT, $1)', [['NONE', 0]]],
    ['"orders" ("number", "id") VALUES (CAST($1::text AS "public"."kind"), $2)', [['OTHER', 1]]],
  ])('inserts rows: %s', (rest, rows) => {
    expect(readWrite(`INSERT INTO ${rest}`)).toMatchObject({ kind: 'INSERT', rows });
  });

  it('changes rows of keys that it names', () => {
    const update = `UPDATE "public"."orders" SET "status" = CAST($1::text AS "public"."order_status"), "version" = ("public"."orders"."version" + $2) WHERE ("public"."orders"."id" = $3 AND "public"."orders"."version" = $4) RETURNING "id"`;
    const write = readWrite(update);
    expect(write).toEqual({
      kind: 'UPDATE',
      name: '"public"."orders"',
      assigned: [
        { column: 'status', cell: 'OTHER' },
        { column: 'version', cell: 'OTHER' },
      ],
      where: {
        before: `UPDATE "public"."orders" SET "status" = CAST(?::text AS "public"."order_status"), "version" = ("public"."orders"."version" + ?) `,
        text: '("public"."orders"."id" = ? AND "public"."orders"."version" = ?)',
        firstParameter: 2,
        after: ' RETURNING "id"',
      },
    });
    if (write?.kind !== 'UPDATE') throw new Error('is not parsed');
    expect(keysNamedBy(write.where, 'id')).toEqual([2]);
    expect(keysNamedBy(write.where, 'number')).toBeNull();
  });

  it.each(['DELETE FROM "orders" WHERE "id" IN ($1,$2)', 'DELETE FROM orders WHERE id IN (?, ?)'])(
    'deletes: %s',
    (text) => {
      const write = readWrite(text);
      if (write?.kind !== 'DELETE') throw new Error('is not parsed');
      expect(keysNamedBy(write.where, 'id')).toEqual([0, 1]);
    },
  );

  it.each([
    'DELETE FROM "orders" WHERE "id" = $2',
    'DELETE FROM "orders" WHERE "id" = $1 OR "x" = $1',
    'DELETE FROM "orders" WHERE "id" = $1 AND "x" ? $2',
    `DELETE FROM "orders" WHERE "number" = 'x'`,
    'DELETE FROM "orders" WHERE "number" = $$x$$',
    'DELETE FROM "orders" WHERE "nu""mber" = $1',
    'DELETE FROM "orders" USING "a" WHERE "orders"."id" = $1',
    'INSERT INTO "orders" ("id") VALUES ($1) ON CONFLICT DO NOTHING',
    'INSERT INTO "orders" ("id") SELECT "id" FROM "a"',
    'WITH a AS (SELECT 1) DELETE FROM "orders"',
    'DELETE FROM "orders" -- WHERE "id" = $1',
  ])('is not guessed at: %s', (text) => {
    expect(readWrite(text)).toBeNull();
  });
});
