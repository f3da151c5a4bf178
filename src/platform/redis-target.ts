/**
 * Where Redis is and how to connect: one server, or the Sentinels that know the current master.
 *
 *   redis://user:password@host:6379/0                        rediss:// with TLS
 *   redis+sentinel://user:password@host:26379,host/name/0    rediss+sentinel:// with TLS, to the Sentinels too
 */
import { accountFault, isSocketPath, socketFault } from './url-fault.ts';

export type RedisAddress = { readonly host: string; readonly port: number };

export type RedisTarget = {
  /** One server, or the Sentinels. */
  readonly addresses: readonly RedisAddress[];
  /** The master's name for the Sentinels; `null` without them. */
  readonly masterName: string | null;
  readonly user: string | null;
  readonly password: string | null;
  readonly sentinelPassword: string | null;
  readonly database: number;
  /** Trusted CA certificates as PEM; `null` for Node's. */
  readonly tls: { readonly ca: string | null } | null;
  /** 4 or 6 to require one; 0 accepts either. */
  readonly family: 0 | 4 | 6;
};

export type RedisSecrets = { readonly ca: string | null; readonly sentinelPassword: string | null };
const noSecrets: RedisSecrets = { ca: null, sentinelPassword: null };

const form = /^(rediss?)(\+sentinel)?:\/\/(?:([^@/?#]*)@)?([^/?#]*)(\/[^?#]*)?(\?[^#]*)?$/i;
const address = /^(?:\[([0-9a-f:.]+)\]|([^:[\]\s,@]+))(?::(\d{1,5}))?$/i;

/** The target, or the fault of the text, phrased to follow the variable's name, without the text itself. */
export function readRedisUrl(text: string, secrets: RedisSecrets = noSecrets): RedisTarget | string {
  const [, scheme = '', sentinel, account, hosts = '', path = '', query = ''] = form.exec(text) ?? [];
  const inAccount = accountFault(text);
  if (inAccount !== null) return inAccount;
  if (scheme === '') return schemeFault(text);
  if (isSocketPath(hosts)) return socketFault;
  const read = hosts.split(',').map((host) => parseAddress(host.trim(), sentinel === undefined ? 6379 : 26_379));
  if (hosts === '') return 'names no host';
  const addresses = read.filter((found) => found !== null);
  if (addresses.length < read.length) return 'has an invalid host or port';
  const parts = path
    .split('/')
    .slice(1)
    .filter((part) => part !== '');
  const masterName = sentinel === undefined ? null : decoded(parts.shift() ?? '');
  if (masterName === '') return 'names no master for the Sentinels, as in redis+sentinel://host:26379/mymaster';
  if (sentinel === undefined && addresses.length > 1) return 'names several hosts: only redis+sentinel:// can';
  const [database = '0', ...rest] = parts;
  if (!/^\d{1,5}$/.test(database) || rest.length > 0) return 'must end with a database number or nothing';
  const parameters = new URLSearchParams(query);
  const family = Number(parameters.get('family') ?? 0);
  parameters.delete('family');
  if (parameters.size > 0) return 'accepts only the parameter family: user and password belong before the host';
  if (family !== 0 && family !== 4 && family !== 6) return 'has a family other than 0, 4 or 6';
  const colon = account?.indexOf(':') ?? -1;
  const user = account === undefined ? '' : decoded(colon < 0 ? account : account.slice(0, colon));
  const password = account === undefined || colon < 0 ? '' : decoded(account.slice(colon + 1));
  if (user === null || password === null || (sentinel !== undefined && masterName === null)) {
    return 'has a % that is not followed by two hexadecimal digits: write % as %25';
  }
  return {
    addresses,
    masterName,
    user: user === '' ? null : user,
    password: password === '' ? null : password,
    sentinelPassword: secrets.sentinelPassword,
    database: Number(database),
    tls: scheme.toLowerCase() === 'rediss' ? { ca: secrets.ca } : null,
    family,
  };
}

type Secured = { readonly ca?: string };

export type DriverOptions = {
  readonly username?: string;
  readonly password?: string;
  readonly db: number;
  readonly family: number;
  readonly tls?: Secured;
  readonly host?: string;
  readonly port?: number;
  readonly sentinels?: RedisAddress[];
  readonly name?: string;
  readonly role?: 'master';
  readonly sentinelPassword?: string;
  readonly sentinelTLS?: Secured;
  readonly enableTLSForSentinelMode?: boolean;
};

/** The options of the driver. */
export function driverOptions(target: RedisTarget): DriverOptions {
  const { addresses, masterName, user, password, sentinelPassword, database, tls, family } = target;
  const secured = tls === null ? null : tls.ca === null ? {} : { ca: tls.ca };
  const account = { ...(user !== null && { username: user }), ...(password !== null && { password }) };
  const shared = { ...account, db: database, family, ...(secured !== null && { tls: secured }) };
  if (masterName === null) return { ...shared, ...addresses[0] };
  return {
    ...shared,
    sentinels: [...addresses],
    name: masterName,
    role: 'master',
    ...(sentinelPassword !== null && { sentinelPassword }),
    ...(secured !== null && { sentinelTLS: secured, enableTLSForSentinelMode: true }),
  };
}

/** Without secrets. */
export function whereabouts({ addresses, masterName }: RedisTarget): string {
  const hosts = addresses.map(({ host, port }) => `${host}:${port}`).join(', ');
  return masterName === null ? hosts : `${masterName}, by Sentinels ${hosts}`;
}

function parseAddress(text: string, defaultPort: number): RedisAddress | null {
  const [, ip6, name, port] = address.exec(text) ?? [];
  const host = ip6 ?? name;
  const number = port === undefined ? defaultPort : Number(port);
  return host === undefined || number < 1 || number > 65_535 ? null : { host, port: number };
}

function schemeFault(text: string): string {
  const [, scheme] = /^([a-z][a-z\d+.-]*):\/\//i.exec(text) ?? [];
  if (scheme === undefined) return 'is not a URL such as redis://host:6379';
  if (/^rediss?(\+sentinel)?$/i.test(scheme)) {
    return 'is malformed: in user and password, write / ? # and @ as %2F %3F %23 %40';
  }
  return `must start with redis://, rediss://, redis+sentinel:// or rediss+sentinel://, not ${scheme}://`;
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
