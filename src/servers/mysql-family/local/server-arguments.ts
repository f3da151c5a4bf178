import { join } from 'node:path';
import type { LaunchRequest } from '../../local-servers.ts';

/** Additional arguments of a kind of the family. */
export type StartWords = {
  /** The settings that all its servers share. */
  readonly settings: string;
  /** Replication is started once the source's port is known. */
  readonly skipStart: string;
  /** For a server that is not in a group. */
  readonly alone: readonly string[];
  /** Whatever the origin of its program. */
  readonly places: readonly string[];
};

export type ServerArguments = Omit<LaunchRequest, 'accounts'> & { readonly initFile: string };

/** Where a server keeps its temporary tables. MariaDB's settings exclude the directory from its databases. */
export const temporaryDirectory = (dataDirectory: string): string => join(dataDirectory, 'tmp');

/** The arguments that differ from server to server; what they share is in `server.cnf`. */
export function serverArguments(options: ServerArguments, words: StartWords): string[] {
  return [
    `--defaults-file=${words.settings}`,
    ...suffixOf(options),
    `--datadir=${options.dataDirectory}`,
    ...placesOf(options.unpackedUsr, words),
    '--bind-address=127.0.0.1',
    `--port=${options.port}`,
    // Relative to the data directory: a whole path may be too long for a socket's name.
    '--socket=server.sock',
    '--pid-file=server.pid',
    // A server that starts removes the temporary tables it finds, including those of another server.
    `--tmpdir=${temporaryDirectory(options.dataDirectory)}`,
    `--server-id=${options.serverId}`,
    '--report-host=127.0.0.1',
    `--report-port=${options.port}`,
    `--init-file=${options.initFile}`,
    words.skipStart,
    ...(options.member ? [] : words.alone),
    ...(options.asRoot ? ['--user=root'] : []),
  ];
}

function suffixOf({ member, role }: ServerArguments): string[] {
  if (member) return ['--defaults-group-suffix=-member'];
  // The source too: it is made writable once it is known which server that is.
  return role === 'backup' ? [] : ['--defaults-group-suffix=-replica'];
}

/** Where an unpacked server finds its messages and plugins. */
export function placesOf(usr: string | null, { places }: Pick<StartWords, 'places'>): string[] {
  if (usr === null) return [...places];
  return [
    `--basedir=${usr}`,
    `--lc-messages-dir=${join(usr, 'share', 'mysql')}`,
    `--character-sets-dir=${join(usr, 'share', 'mysql', 'charsets')}`,
    `--plugin-dir=${join(usr, 'lib', 'mysql', 'plugin')}`,
    ...places,
  ];
}
