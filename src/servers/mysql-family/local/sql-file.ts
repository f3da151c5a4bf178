/** SQL of one kind of server, in files beside its code. The shell scripts of the containers use the same files. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { LocalAccounts } from '../../local-servers.ts';

export type SqlValues = Readonly<Record<string, string | number>>;

/** The statements of `<folder>/<name>.sql` with their values filled in. */
export async function loadStatements(folder: URL, name: string, values: SqlValues): Promise<string[]> {
  return renderStatements(await readFile(new URL(`${name}.sql`, folder), 'utf8'), values);
}

export const settingsFile = (folder: URL): string => fileURLToPath(new URL('server.cnf', folder));

/**
 * Replaces `{{name}}` by a quoted literal and splits the text into statements, one a line, as an init file requires.
 * The files are ours: comments are on lines of their own, and a semicolon only ends a line.
 */
export function renderStatements(text: string, values: SqlValues): string[] {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('--'))
    .join('\n')
    .split(/;[ \t]*(?:\n|$)/)
    .map((statement) => statement.trim().replaceAll(/\s*\n\s*/g, ' '))
    .filter((statement) => statement !== '')
    .map((statement) => statement.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => literal(name, values[name])));
}

function literal(name: string, value: string | number | undefined): string {
  if (value === undefined) throw new Error(`no value for {{${name}}}`);
  if (typeof value === 'number') return String(value);
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

/** `accountHost`: where the accounts may come from. The local cluster listens on this machine only. */
export function credentialValues(
  { app, admin, replication }: LocalAccounts,
  accountHost: '127.0.0.1' | '%' = '127.0.0.1',
): SqlValues {
  return {
    account_host: accountHost,
    app_user: app.user,
    app_password: app.password,
    admin_user: admin.user,
    admin_password: admin.password,
    replication_user: replication.user,
    replication_password: replication.password,
  };
}
