/** The URLs of database servers, from the environment and the command line alike. */

import { accountFault, isSocketPath, socketFault } from '../platform/url-fault.ts';
import { BadServerUrlError } from './bad-server-url.ts';
import { driverAt, drivers, schemeOf } from './known-flavours.ts';
import type { Server, ServerAddress } from './server-address.ts';
import { completed, loadTls, nothingSaid, readTlsWords, type TlsWords, tlsParameters } from './server-tls.ts';

export type ReadOptions = {
  /** Query parameters that are allowed, besides those of TLS. */
  readonly parameters?: readonly string[];
  /** For URLs without TLS parameters. */
  readonly tls?: TlsWords;
};

const schemes = drivers.flatMap((driver) => driver.schemes);
/** As texts show it. */
export function exampleUrl(path = 'database', { account = 'user:password', place = '' } = {}): string {
  const {
    schemes: [scheme],
    defaultPort,
  } = driverAt({});
  return `${scheme}://${account}@${place || `host:${defaultPort}`}/${path}`;
}

/** The server and the parameters of its URL, or the fault in a text that never repeats the URL. */
export function serverAt(
  text: string,
  { parameters = [], tls: defaults = nothingSaid }: ReadOptions = {},
): (Server & { readonly parameters: ReadonlyMap<string, string> }) | string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return accountFault(text) ?? `is not a URL such as ${exampleUrl()}`;
  }
  const driver = drivers.find((candidate) => candidate.schemes.includes(url.protocol.slice(0, -1)));
  if (driver === undefined) {
    return `must start with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}, not ${url.protocol}//`;
  }
  if (url.hostname === '') return 'names no host';
  if (isSocketPath(url.hostname)) return socketFault;
  if (url.username === '') return accountFault(text) ?? 'names no user';
  if (url.hash !== '') return accountFault(text) ?? 'has a #: write a # inside a password as %23';
  const path = url.pathname.replace(/^\//, '');
  if (path === '' || path.includes('/') || path.includes('@')) {
    const fault = path.includes('@') || url.search.includes('@') ? accountFault(text) : null;
    return fault ?? `must end in one database name, as in ${exampleUrl('orders')}`;
  }
  const given = new Map(url.searchParams);
  const known: readonly string[] = [...parameters, ...tlsParameters];
  if ([...given.keys()].some((parameter) => !known.includes(parameter))) {
    if (given.has('socket') || given.has('socketPath') || given.has('unix_socket')) return socketFault;
    const fault = url.search.includes('@') ? accountFault(text) : null;
    return fault ?? `has an unknown ?parameter; known are ${known.join(', ')}`;
  }
  const words = readTlsWords(given);
  const tls = typeof words === 'string' ? words : loadTls(completed(words, defaults));
  if (typeof tls === 'string') return tls;
  try {
    return {
      ...schemeOf(driver),
      // Drivers expect `::1`, URLs have `[::1]`.
      host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: url.port === '' ? driver.defaultPort : Number(url.port),
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      database: decodeURIComponent(path),
      tls,
      parameters: given,
    };
  } catch {
    return 'has a % that starts no %XX escape: write a % inside a password as %25';
  }
}

/** The URL that `serverAt` reads. Contains the password: never display it. */
export function urlOf({ scheme, host, port, user, password, database, tls }: Server): string {
  const account = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  const place = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const parameters = [
    ...(tls === null ? [] : [`ssl-mode=${tls.mode}`]),
    ...(tls?.ca ? [`ssl-ca=${encodeURIComponent(tls.ca.file)}`] : []),
  ];
  const query = parameters.length === 0 ? '' : `?${parameters.join('&')}`;
  return `${driverAt({ scheme }).schemes[0]}://${account}@${place}/${encodeURIComponent(database)}${query}`;
}

/** Throws `BadServerUrlError`, which never shows a password. */
export function addressAt(url: string, name?: string): ServerAddress {
  const read = serverAt(url);
  if (typeof read === 'string') throw new BadServerUrlError(name ?? 'the server', read);
  const { parameters: _, ...server } = read;
  return { name: name ?? `${server.host}:${server.port}`, ...server };
}
