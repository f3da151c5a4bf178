import { describe, expect, it } from 'vitest';
import { UnreadableScriptError } from '../../../src/servers/migration-questions.ts';
import { postgresqlMigrations } from '../../../src/servers/postgresql/migrations.ts';

const { steps, transaction } = postgresqlMigrations;
const marked = '-- tidemark: no transaction\n';

describe('a script for PostgreSQL', () => {
  it.each([
    ['nothing', '', []],
    ['no more than comments', '-- a; b\n/* c; /* d; */ e; */', []],
    ['statements', 'SELECT 1;\nSELECT 2', ['SELECT 1', 'SELECT 2']],
    ['empty statements', ';; SELECT 1 ;;', ['SELECT 1']],
    ['a byte order mark', '\uFEFFSELECT 1', ['SELECT 1']],
    ['comments', "SELECT 1 -- it's; so\n, 2; SELECT /* ; /* ; */ ; */ 3", ['SELECT 1  \n, 2', 'SELECT   3']],
    ['quotes', `SELECT ';''--', "a;""/*"; SELECT 2`, [`SELECT ';''--', "a;""/*"`, 'SELECT 2']],
    ['a backslash at the end of a plain text', String.raw`SELECT '\'; SELECT 2`, [String.raw`SELECT '\'`, 'SELECT 2']],
    [
      'a backslash before a quote',
      String.raw`SELECT E'\';', e'\\'; SELECT 2`,
      [String.raw`SELECT E'\';', e'\\'`, 'SELECT 2'],
    ],
    [
      'a word that ends in e before a text',
      String.raw`SELECT DATE'\'; SELECT 2`,
      [String.raw`SELECT DATE'\'`, 'SELECT 2'],
    ],
    ['dollar quotes', "DO $$ BEGIN; 'x; END $$; SELECT 2", ["DO $$ BEGIN; 'x; END $$", 'SELECT 2']],
    ['named dollar quotes', 'DO $a$ $$ ; $b$ $a$; SELECT 2', ['DO $a$ $$ ; $b$ $a$', 'SELECT 2']],
    ['dollars in names and numbers of values', 'SELECT a$b$, $1; SELECT c$b$', ['SELECT a$b$, $1', 'SELECT c$b$']],
  ])('is cut with %s', (_, script, expected) => {
    expect(steps(script)).toEqual(expected);
  });

  it.each(["SELECT 'a", 'SELECT "a', 'SELECT $$a', 'SELECT $t$ a $$', '/* /* */', String.raw`SELECT E'\'`])(
    'is refused if it does not close what it opens: %s',
    (script) => {
      expect(() => steps(script)).toThrow(/never closes/);
    },
  );

  it('is refused with a body whose semicolons belong to it', () => {
    const body = 'CREATE FUNCTION f() RETURNS INT BEGIN ATOMIC SELECT 1; SELECT 2; END';
    expect(() => steps(body)).toThrow(UnreadableScriptError);
    expect(steps('CREATE FUNCTION f() RETURNS INT LANGUAGE sql AS $$ SELECT 1; SELECT 2 $$')).toHaveLength(1);
  });

  it.each(['BEGIN', 'START  TRANSACTION', 'commit', 'END', 'ROLLBACK', 'ABORT', "PREPARE TRANSACTION 'a'"])(
    'does not end the transaction that it runs in: %s',
    (statement) => {
      expect(() => steps(`SELECT 1; ${statement};`)).toThrow(/no transaction/);
      expect(steps(`${marked}SELECT 1; ${statement};`)).toEqual(['SELECT 1', statement]);
    },
  );

  it('may go back to a savepoint', () => {
    expect(steps('SAVEPOINT a; ROLLBACK TO a')).toHaveLength(2);
  });

  it.each([
    ['SELECT 1', true],
    [marked, false],
    ['-- Why.\r\n--tidemark:  no transaction \r\nCREATE INDEX CONCURRENTLY a ON b (c)', false],
    ['-- tidemark: no transaction is needed\nSELECT 1', true],
    ['SELECT 1 -- tidemark: no transaction', true],
  ])('runs in a transaction unless one of its lines says otherwise: %j', (script, expected) => {
    expect(transaction?.holds(script)).toBe(expected);
  });
});
