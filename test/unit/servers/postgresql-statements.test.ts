import { describe, expect, it } from 'vitest';
import {
  mayChangeConnection,
  mayLeaveTransaction,
  roleOf,
  targetOf,
} from '../../../src/servers/postgresql/statement-role.ts';
import { momentOf } from '../../../src/servers/postgresql/values.ts';

describe('a statement of PostgreSQL', () => {
  it.each<[text: string, role: string]>([
    ['SELECT 1', 'KEEPS'],
    ['  -- first\n /* a /* b */ c */ update t set a = 1', 'KEEPS'],
    ['(SELECT 1)', 'KEEPS'],
    ['WITH a AS (SELECT 1) SELECT * FROM a', 'KEEPS'],
    ['SET TRANSACTION ISOLATION LEVEL SERIALIZABLE', 'KEEPS'],
    ['SAVEPOINT a', 'KEEPS'],
    ['ROLLBACK TO SAVEPOINT a', 'KEEPS'],
    ['ROLLBACK WORK TO a', 'KEEPS'],
    ['CREATE TABLE t (a int)', 'KEEPS'],
    ['CALL p()', 'HIDES'],
    ['DO $$ BEGIN COMMIT; END $$', 'HIDES'],
    ['COMMIT', 'ENDS'],
    ['END', 'ENDS'],
    ['ABORT', 'ENDS'],
    ['ROLLBACK', 'ENDS'],
    ['BEGIN', 'ENDS'],
    ["PREPARE TRANSACTION 'a'", 'ENDS'],
    ['PREPARE a AS SELECT 1', 'KEEPS'],
    ['VACUUM', 'ENDS'],
    ['SELECTED', 'ENDS'],
    ['', 'ENDS'],
    ['/* never closed', 'ENDS'],
  ])('%j: %s', (text, role) => {
    expect(roleOf(text)).toBe(role);
  });

  it.each<[text: string, changes: boolean]>([
    ['SELECT 1', false],
    ['SET LOCAL lock_timeout = 1', false],
    ['SET TRANSACTION READ ONLY', false],
    ['SET lock_timeout = 1', true],
    ['RESET ALL', true],
    ['LISTEN a', true],
    ['CREATE TEMP TABLE t (a int)', true],
    ['CREATE TEMPORARY TABLE t (a int)', true],
    ['CREATE OR REPLACE TEMPORARY VIEW v AS SELECT 1', true],
    ['SELECT 1 AS a INTO\n LOCAL TEMPORARY t', true],
    ['CREATE TABLE t (a int)', false],
    ['SELECT pg_advisory_lock(1)', true],
    ['SELECT pg_advisory_xact_lock(1)', false],
    ["SELECT set_config('a.b', 'c', false)", true],
  ])('%j changes its connection: %s', (text, changes) => {
    expect(mayChangeConnection(text)).toBe(changes);
  });

  it.each<[text: string, leaves: boolean]>([
    ['BEGIN', true],
    ['START TRANSACTION', true],
    ['SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY', true],
    ['SELECT 1', false],
  ])('%j leaves a transaction to the next one: %s', (text, leaves) => {
    expect(mayLeaveTransaction(text)).toBe(leaves);
  });

  it.each<[text: string, table: string | null]>([
    ['INSERT INTO "public"."orders" ("id") VALUES ($1)', 'orders'],
    ['INSERT INTO orders VALUES (1)', 'orders'],
    ['UPDATE ONLY Orders SET a = 1', 'orders'],
    ['UPDATE "Or""ders" SET a = 1', 'Or"ders'],
    ['DELETE FROM ONLY public.orders', 'orders'],
    ['MERGE INTO orders USING a ON true', 'orders'],
    ['/* a */ INSERT INTO orders VALUES (1)', 'orders'],
    ['SELECT 1', null],
    ['WITH a AS (SELECT 1) INSERT INTO orders SELECT * FROM a', null],
  ])('%j writes to %s', (text, table) => {
    expect(targetOf(text)).toBe(table);
  });
});

describe('a moment that the server prints', () => {
  it.each([
    ['2026-11-30 20:28:15.123+00', '2026-11-30 20:28:15.123'],
    ['2026-11-30 20:28:15.1+00', '2026-11-30 20:28:15.100'],
    ['2026-11-30 20:28:15+00', '2026-11-30 20:28:15.000'],
    ['2026-11-30 20:28:15.123456+00', '2026-11-30 20:28:15.123456'],
    ['2026-11-30 20:28:15', '2026-11-30 20:28:15.000'],
    ['infinity', 'infinity'],
  ])('%s is %s', (printed, moment) => {
    expect(momentOf(printed)).toBe(moment);
  });
});
