import { describe, expect, it } from 'vitest';
import { mayChangeConnection, roleOf } from '../../../src/servers/mysql-family/statement-role.ts';

describe('the role of a statement in its transaction', () => {
  it.each([
    ['SELECT 1', 'KEEPS'],
    [' (SELECT 1) UNION (SELECT 2)', 'KEEPS'],
    ['/* a */ -- b\n# c\n insert into t values (1)', 'KEEPS'],
    ['WITH a AS (SELECT 1) SELECT * FROM a', 'KEEPS'],
    ['ROLLBACK TO a', 'KEEPS'],
    ['ROLLBACK WORK TO SAVEPOINT a', 'KEEPS'],
    ['SAVEPOINT a', 'KEEPS'],
    ['SET SESSION sql_mode = ""', 'KEEPS'],
    ['SET TRANSACTION ISOLATION LEVEL READ COMMITTED', 'KEEPS'],
    ['CREATE TEMPORARY TABLE t (id INT)', 'KEEPS'],
    ['CREATE OR REPLACE TEMPORARY TABLE t (id INT)', 'KEEPS'],
    ['CALL p()', 'HIDES'],
    ["EXECUTE IMMEDIATE 'COMMIT'", 'HIDES'],
    ['SET STATEMENT max_statement_time = 1 FOR COMMIT', 'HIDES'],
    ['COMMIT', 'ENDS'],
    ['COMMIT AND CHAIN', 'ENDS'],
    ['ROLLBACK', 'ENDS'],
    ['ROLLBACK AND CHAIN', 'ENDS'],
    ['BEGIN NOT ATOMIC COMMIT; END', 'ENDS'],
    ['SET @@autocommit = 1', 'ENDS'],
    ['/*!50000 COMMIT */', 'ENDS'],
    ['/*M!100000 COMMIT */', 'ENDS'],
    ['DROP TABLE t', 'ENDS'],
    ['GRANT SELECT ON a.b TO c', 'ENDS'],
    ['RENAME TABLE a TO b', 'ENDS'],
    ['LOAD DATA INFILE "a" INTO TABLE t', 'ENDS'],
    ['', 'ENDS'],
    ['anything new', 'ENDS'],
  ])('%s: %s', (text, role) => expect(roleOf(text)).toBe(role));
});

describe('a connection', () => {
  it.each([
    ['SELECT 1', false],
    ['-- a\nUPDATE t SET a = 1', false],
    ['SET TRANSACTION READ ONLY', false],
    ['START TRANSACTION', false],
    ['ROLLBACK', false],
    ['SET @a = 1', true],
    ['USE other', true],
    ['LOCK TABLES t READ', true],
    ['CALL p()', true],
    ['/*! SET sql_mode = "" */', true],
  ])('after %s may be another one: %s', (text, changed) => expect(mayChangeConnection(text)).toBe(changed));
});
