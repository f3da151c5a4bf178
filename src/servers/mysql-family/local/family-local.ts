import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Position } from '../../../consistency/position.ts';
import type { Connection } from '../../connection.ts';
import type { LocalServers, ServerProgram } from '../../local-servers.ts';
import { rowsOf, textOf } from '../../rows.ts';
import { type StartWords, serverArguments, temporaryDirectory } from './server-arguments.ts';
import { credentialValues, loadStatements } from './sql-file.ts';

/** What still differs between servers of the family that are started in the same way. */
export type FamilyLocal = Pick<LocalServers, 'program' | 'recipe' | 'initialise' | 'group'> & {
  /** The folder of its statements and settings. */
  readonly folder: URL;
  readonly start: StartWords;
  /** Run before a server follows for the first time. */
  begin(position: Position): readonly string[];
  readonly stopApplying: string;
  delay(seconds: number): readonly string[];
};

export function familyLocal(given: FamilyLocal): LocalServers {
  const { folder, start, begin, stopApplying, delay, ...own } = given;
  return {
    ...own,
    replicasBeginWith: 'NOTHING',
    refusesRoot: false,
    supervise: null,
    hasOnlyUpkeepBeyond: null,
    // Two servers with the same one would not replicate. Each creates its own at its first start.
    identityFiles: ['auto.cnf'],
    launch: async ({ accounts, ...request }) => {
      const { dataDirectory, member } = request;
      await mkdir(temporaryDirectory(dataDirectory), { recursive: true, mode: 0o700 });
      const values = credentialValues(accounts);
      const names = ['accounts', ...(member ? ['member-accounts'] : []), 'only-local'];
      const statements = await Promise.all(names.map((name) => loadStatements(folder, name, values)));
      const initFile = join(dataDirectory, 'accounts.sql');
      await writeFile(initFile, statements.flatMap((all) => all.map((one) => `${one};\n`)).join(''), { mode: 0o600 });
      return { args: serverArguments({ ...request, initFile }, start), secretFiles: [initFile] };
    },
    version: async (connection) => {
      return textOf(rowsOf(await connection.query('SELECT VERSION() AS version'))[0], 'version');
    },
    follow: async (server, { source, begin: from, acknowledges, account }) => {
      const statements = await loadStatements(folder, 'follow', {
        source_host: source.host,
        source_port: source.port,
        replication_user: account.user,
        replication_password: account.password,
        semi_sync: acknowledges ? 1 : 0,
      });
      await server.use((connection) => runAll(connection, [...(from === null ? [] : begin(from)), ...statements]));
    },
    lead: async (server, { acknowledged }) => {
      const statements = await loadStatements(folder, 'lead', { semi_sync: acknowledged ? 1 : 0 });
      await server.use((connection) => runAll(connection, statements));
    },
    stopApplying: (connection) => runAll(connection, [stopApplying]),
    delay: (connection, seconds) => runAll(connection, delay(Math.trunc(seconds))),
  };
}

export async function runAll(connection: Connection, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await connection.query(statement);
}

/** How a program of the family is recognised. */
export const familyProgram: Pick<ServerProgram, 'versionArguments' | 'dataDirectoryIn'> = {
  versionArguments: ['--no-defaults', '--version'],
  dataDirectoryIn: (args) => {
    const option = '--datadir=';
    return args.find((arg) => arg.startsWith(option))?.slice(option.length) ?? null;
  },
};

/** The version, from the line that servers of the family print about themselves. */
export const versionInLine = (text: string): string | null => /\bVer (\d+\.\d+\.\d+)/.exec(text)?.[1] ?? null;
