import { join } from 'node:path';
import type { LocalNodeRole } from '../local-node.ts';
import type { ServerFlavour } from '../server-flavour.ts';
import { configurationFile } from '../sql-file.ts';

export type ServerArguments = {
  flavour: ServerFlavour;
  role: LocalNodeRole;
  /** Of a replication group, which decides itself who is read-only. */
  member: boolean;
  serverId: number;
  port: number;
  dataDirectory: string;
  initFile: string;
  unpackedUsr: string | null;
  /** Servers refuse to run as root unless told to. */
  asRoot: boolean;
};

/** Where a server keeps its temporary tables. The settings tell MariaDB that it is no database. */
export const temporaryDirectory = (dataDirectory: string): string => join(dataDirectory, 'tmp');

/** The arguments that differ from server to server; what they share is in `servers/<flavour>.cnf`. */
export function serverArguments(options: ServerArguments): string[] {
  return [
    `--defaults-file=${configurationFile(options.flavour)}`,
    ...suffixOf(options),
    `--datadir=${options.dataDirectory}`,
    ...placesOf(options.flavour, options.unpackedUsr),
    '--bind-address=127.0.0.1',
    `--port=${options.port}`,
    // Relative to the data directory: a whole path may be longer than a socket's name can be.
    '--socket=server.sock',
    '--pid-file=server.pid',
    // A server that starts removes the temporary tables that it finds, also those of another server.
    `--tmpdir=${temporaryDirectory(options.dataDirectory)}`,
    `--server-id=${options.serverId}`,
    '--report-host=127.0.0.1',
    `--report-port=${options.port}`,
    `--init-file=${options.initFile}`,
    // Replication starts once the source's port is known.
    options.flavour === 'mariadb' ? '--skip-slave-start' : '--skip-replica-start',
    // What a failover persisted is for servers that nobody arranges at their start.
    ...(options.flavour === 'mysql' && !options.member ? ['--persisted-globals-load=OFF'] : []),
    ...(options.asRoot ? ['--user=root'] : []),
  ];
}

function suffixOf({ member, role }: ServerArguments): string[] {
  if (member) return ['--defaults-group-suffix=-member'];
  // The source too: it is let write once it is known which server that is.
  return role === 'backup' ? [] : ['--defaults-group-suffix=-replica'];
}

/** Where an unpacked server finds its messages and plugins. */
export function placesOf(flavour: ServerFlavour, usr: string | null): string[] {
  if (usr === null) return flavour === 'mysql' ? ['--secure-file-priv=NULL'] : [];
  return [
    `--basedir=${usr}`,
    `--lc-messages-dir=${join(usr, 'share', 'mysql')}`,
    `--character-sets-dir=${join(usr, 'share', 'mysql', 'charsets')}`,
    `--plugin-dir=${join(usr, 'lib', 'mysql', 'plugin')}`,
    ...(flavour === 'mysql' ? ['--secure-file-priv=NULL'] : []),
  ];
}
