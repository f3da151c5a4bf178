/** SQL in files beside the code. The shell scripts of the containers use the same files. */
import { readFile } from 'node:fs/promises';
import type { LocalAccounts } from '../../local-servers.ts';

export type SqlValues = Readonly<Record<string, string>>;

/** The statements of `<name>.sql` with their values filled in, one a line, as a server in single-user mode expects them. */
export async function loadStatements(name: string, values: SqlValues): Promise<string[]> {
  return renderStatements(await readFile(new URL(`${name}.sql`, import.meta.url), 'utf8'), values);
}

/**
 * Replaces `"{{name}}"` by a quoted identifier and `'{{name}}'` by a quoted literal. The files are ours: comments are on
 * lines of their own, and a semicolon only ends a line.
 */
export function renderStatements(text: string, values: SqlValues): string[] {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('--'))
    .join('\n')
    .split(/;[ \t]*(?:\n|$)/)
    .map((statement) => statement.trim().replaceAll(/\s*\n\s*/g, ' '))
    .filter((statement) => statement !== '')
    .map((statement) =>
      statement.replaceAll(/(["'])\{\{(\w+)\}\}\1/g, (_, quote: string, name: string) => {
        const value = values[name];
        if (value === undefined) throw new Error(`no value for {{${name}}}`);
        return quoted(value, quote);
      }),
    );
}

export const literal = (value: string): string => quoted(value, "'");
export const identifier = (name: string): string => quoted(name, '"');

/** With `standard_conforming_strings`, which is on: a backslash is a character like any other. */
function quoted(value: string, quote: string): string {
  if (/[\0\r\n]/.test(value)) throw new Error('a value for SQL has a line break or a null character');
  return `${quote}${value.replaceAll(quote, quote + quote)}${quote}`;
}

export function credentialValues({ app, admin, replication }: LocalAccounts): SqlValues {
  return {
    app_user: app.user,
    app_password: app.password,
    admin_user: admin.user,
    admin_password: admin.password,
    replication_user: replication.user,
    replication_password: replication.password,
  };
}
