import { describe, expect, it } from 'vitest';
import {
  credentialValues,
  loadStatements,
  renderStatements,
} from '../../../src/servers/mysql-family/local/sql-file.ts';

const folderOf = (flavour: string) => new URL(`../../../src/servers/${flavour}/local/`, import.meta.url);

const account = (name: string) => ({ user: name, password: `secret of ${name}` });
const values = {
  ...credentialValues({ app: account('app'), admin: account('admin'), replication: account('replication') }),
  source_host: '127.0.0.1',
  source_port: 20_001,
  semi_sync: 1,
};

describe('statements of a file', () => {
  it('stand on one line each, without comments', () => {
    const text = '-- why; and how\nSELECT\n  1;\n\nSELECT 2;\n';
    expect(renderStatements(text, {})).toEqual(['SELECT 1', 'SELECT 2']);
  });

  it('get strings as quoted literals and numbers as they are', () => {
    expect(renderStatements('SET @a = {{a}}, @b = {{b}};', { a: "it's a \\", b: 7 })).toEqual([
      "SET @a = 'it''s a \\\\', @b = 7",
    ]);
  });

  it('are not run with a value missing', () => {
    expect(() => renderStatements('SELECT {{nothing}};', {})).toThrow('{{nothing}}');
  });

  it.each(
    (['mariadb', 'mysql'] as const).flatMap((flavour) =>
      ['accounts', 'only-local', 'follow', 'lead'].map((name) => ({ flavour, name })),
    ),
  )('have all their values: $flavour $name', async ({ flavour, name }) => {
    const statements = await loadStatements(folderOf(flavour), name, values);
    expect(statements.length).toBeGreaterThan(0);
    expect(statements.join('\n')).not.toContain('{{');
  });

  it.each(['mariadb', 'mysql'] as const)('that make accounts stay out of the binary log first: %s', async (flavour) => {
    const statements = await loadStatements(folderOf(flavour), 'accounts', values);
    expect(statements[0]).toBe('SET SESSION sql_log_bin = 0');
  });
});
