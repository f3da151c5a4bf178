/** The files that a server reads when it starts. They are written at each start: a copy of another server brings that one's. */
import type { LaunchRequest } from '../../local-servers.ts';
import { identifier, literal } from './sql-file.ts';

type Facts = Pick<LaunchRequest, 'name' | 'port' | 'accounts'>;

/** Makes a server follow, or wait for a source to follow. */
export const standbyFile = 'standby.signal';
/** Asks the next start not to be that of a standby. */
export const leadFile = 'lead.signal';
/** Relative to the data directory, in which the server runs. */
export const passwordFile = 'replication.pgpass';

/** `shared`: the settings of all servers. `ALTER SYSTEM` still overrides what is here. */
export function settings(shared: string, { name, port }: Facts): string {
  return [
    shared,
    "listen_addresses = '127.0.0.1'",
    `port = ${port}`,
    // A path may be too long for a socket's name, and a shared folder is open to others.
    "unix_socket_directories = ''",
    // The name by which the source knows a standby.
    `cluster_name = ${literal(name)}`,
    '',
  ].join('\n');
}

/** Which accounts may log in, from where, and how: all others are refused. */
export function hosts({ accounts: { app, admin, replication } }: Pick<Facts, 'accounts'>): string {
  const line = (databases: string, user: string) =>
    `host ${databases} ${identifier(user)} 127.0.0.1/32 scram-sha-256\n`;
  return [
    line('orders', app.user),
    line('all,replication', admin.user),
    line('orders,replication', replication.user),
  ].join('');
}

/** Whatever the source's address: it moves. */
export function passwords({ accounts: { replication } }: Pick<Facts, 'accounts'>): string {
  const field = (text: string) => text.replaceAll(/[\\:]/g, '\\$&');
  return `*:*:*:${field(replication.user)}:${field(replication.password)}\n`;
}

/** How a standby finds its source, without a password: those who may see settings would see that too. */
export function connectionInfo(source: { readonly host: string; readonly port: number }, user: string): string {
  const value = (text: string) => `'${text.replaceAll(/[\\']/g, '\\$&')}'`;
  return Object.entries({ host: source.host, port: String(source.port), user, passfile: passwordFile })
    .map(([name, text]) => `${name}=${value(text)}`)
    .join(' ');
}

/** Slots have names of small letters, digits and underscores. */
export const slotOf = (server: string): string => server.toLowerCase().replaceAll(/[^a-z0-9]/g, '_');

/** Commits wait until one of these has received them; `''` for none. */
export function synchronousNames(standbys: readonly string[]): string {
  return standbys.length === 0 ? '' : `ANY 1 (${standbys.map(identifier).join(', ')})`;
}
