/** The URLs of database servers. Whoever is named by one is read here, from the environment and the command line alike. */

import { accountFault, isSocketPath, socketFault } from '../platform/url-fault.ts';
import {
  completed,
  loadTls,
  nothingSaid,
  type ServerTls,
  type TlsWords,
  tlsParameters,
  tlsWordsOf,
} from './server-tls.ts';

/** Where a server is, which account to use there, and how the way is secured. */
export type Server = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** `null`: spoken to in the clear. */
  readonly tls: ServerTls | null;
};

export type ReadOptions = {
  /** Query parameters that may be there, besides those of TLS. */
  readonly parameters?: readonly string[];
  /** For URLs that say nothing of TLS themselves. */
  readonly tls?: TlsWords;
};

/** The server and the parameters of its URL, or what is wrong in words that never repeat the URL. */
export function serverAt(
  text: string,
  { parameters = [], tls: defaults = nothingSaid }: ReadOptions = {},
): (Server & { readonly parameters: ReadonlyMap<string, string> }) | string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return accountFault(text) ?? 'is not a URL such as mysql://user:password@host:3306/database';
  }
  if (url.protocol !== 'mysql:' && url.protocol !== 'mariadb:') {
    return `must start with mysql:// or mariadb://, not ${url.protocol}//`;
  }
  if (url.hostname === '') return 'names no host';
  if (isSocketPath(url.hostname)) return socketFault;
  if (url.username === '') return accountFault(text) ?? 'names no user';
  if (url.hash !== '') return accountFault(text) ?? 'has a #: write a # inside a password as %23';
  const path = url.pathname.replace(/^\//, '');
  if (path === '' || path.includes('/') || path.includes('@')) {
    const fault = path.includes('@') || url.search.includes('@') ? accountFault(text) : null;
    return fault ?? 'must end in one database name, as in mysql://user:password@host:3306/orders';
  }
  const given = new Map(url.searchParams);
  const known: readonly string[] = [...parameters, ...tlsParameters];
  if ([...given.keys()].some((parameter) => !known.includes(parameter))) {
    if (given.has('socket') || given.has('socketPath') || given.has('unix_socket')) return socketFault;
    const fault = url.search.includes('@') ? accountFault(text) : null;
    return fault ?? `has an unknown ?parameter; known are ${known.join(', ')}`;
  }
  const words = tlsWordsOf(given);
  const tls = typeof words === 'string' ? words : loadTls(completed(words, defaults));
  if (typeof tls === 'string') return tls;
  try {
    return {
      // Drivers want `::1`, URLs say `[::1]`.
      host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: url.port === '' ? 3306 : Number(url.port),
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

/** What `serverAt` reads. With the password: not to be shown. */
export function urlOf({ host, port, user, password, database, tls }: Server): string {
  const account = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  const place = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const parameters = [
    ...(tls === null ? [] : [`ssl-mode=${tls.mode}`]),
    ...(tls?.ca ? [`ssl-ca=${encodeURIComponent(tls.ca.file)}`] : []),
  ];
  const query = parameters.length === 0 ? '' : `?${parameters.join('&')}`;
  return `mysql://${account}@${place}/${encodeURIComponent(database)}${query}`;
}
