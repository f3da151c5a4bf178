import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checksumOf, matchesChecksum } from '../../../src/database/migrations/migration-files.ts';
import { UnreadableScriptError } from '../../../src/servers/migration-questions.ts';
import { splitStatements as split } from '../../../src/servers/mysql-family/split-statements.ts';

describe('a script', () => {
  it.each([
    ['nothing at all', '', []],
    ['only comments', '-- one; two\n/* ; */ # three;\n', []],
    ['two statements', 'SELECT 1;\nSELECT 2;\n', ['SELECT 1', 'SELECT 2']],
    ['no final semicolon', 'SELECT 1', ['SELECT 1']],
    ['empty statements', ';;SELECT 1;;', ['SELECT 1']],
    ['a semicolon in a text', "SELECT 'a;b';SELECT 2", ["SELECT 'a;b'", 'SELECT 2']],
    ['a doubled quote', "SELECT 'it''s; so';SELECT 2", ["SELECT 'it''s; so'", 'SELECT 2']],
    ['an escaped quote', "SELECT 'it\\'s; so';SELECT 2", ["SELECT 'it\\'s; so'", 'SELECT 2']],
    ['a name with a semicolon', 'SELECT `a;``b`;SELECT ";"', ['SELECT `a;``b`', 'SELECT ";"']],
    ['a quote in a comment', "SELECT 1 -- don't\n;SELECT 2", ['SELECT 1', 'SELECT 2']],
    ['minus minus without a space', 'SELECT 1--1;SELECT 2', ['SELECT 1--1', 'SELECT 2']],
    ['a comment that servers run', 'SELECT 1 /*! + 1; */;', ['SELECT 1 /*! + 1; */']],
    ['a byte order mark', '\uFEFFSELECT 1;', ['SELECT 1']],
  ])('with %s is cut where it should be', (_, script, statements) => {
    expect(split(script)).toEqual(statements);
  });

  it.each([
    "SELECT 'a",
    'SELECT `a',
    'SELECT "a',
    'SELECT /* a',
    'DELIMITER //\nSELECT 1',
    'CREATE TRIGGER a BEFORE INSERT ON b FOR EACH ROW SET @a = 1;',
    'create or replace procedure a() BEGIN END',
  ])('such as %j is refused rather than cut wrongly', (script) => {
    expect(() => split(script)).toThrow(UnreadableScriptError);
  });

  it('is put together again from its statements', () => {
    const text = fc
      .string({ unit: fc.constantFrom('a', ';', "''", '\\\\', '--', '"', '\n') })
      .map((inside) => `SELECT '${inside}'`);
    fc.assert(
      fc.property(fc.array(text), (statements) => {
        expect(split(statements.join(';\n'))).toEqual(statements);
      }),
    );
  });
});

describe('a checksum', () => {
  it('is the SHA-256 of the file, and forgives only its line endings', () => {
    expect(checksumOf('a\n')).toBe('87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7');
    expect(matchesChecksum('a\r\nb\r\n', checksumOf('a\nb\n'))).toBe(true);
    expect(matchesChecksum('a\nb\n', checksumOf('a\r\nb\r\n'))).toBe(true);
    expect(matchesChecksum('a\nb', checksumOf('a\nb\n'))).toBe(false);
  });
});
