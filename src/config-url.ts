/** What a database URL says. `options` are its query parameters. */
export type ParsedDatabaseUrl = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly options: ReadonlyMap<string, string>;
};

/** The parsed URL, or what is wrong with it in words that never repeat it. */
export function parseDatabaseUrl(text: string, allowedOptions: readonly string[]): ParsedDatabaseUrl | string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return 'is not a URL such as mysql://user:password@host:3306/database';
  }
  if (url.protocol !== 'mysql:' && url.protocol !== 'mariadb:') {
    return `must start with mysql:// or mariadb://, not ${url.protocol}//`;
  }
  if (url.hostname === '') return 'names no host';
  if (url.username === '') return 'names no user';
  if (url.hash !== '') return 'has a #: write a # inside a password as %23';
  const path = url.pathname.replace(/^\//, '');
  if (path === '' || path.includes('/'))
    return 'must end in one database name, as in mysql://user:password@host:3306/orders';
  const unknown = [...url.searchParams.keys()].find((option) => !allowedOptions.includes(option));
  if (unknown !== undefined) {
    return allowedOptions.length === 0
      ? 'takes no ?parameters'
      : `has an unknown ?parameter; known are ${allowedOptions.join(', ')}`;
  }
  try {
    return {
      host: bareHost(url.hostname),
      port: url.port === '' ? 3306 : Number(url.port),
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      database: decodeURIComponent(path),
      options: new Map(url.searchParams),
    };
  } catch {
    return 'has a % that starts no %XX escape: write a % inside a password as %25';
  }
}

/** `null` when the text is a Redis URL, else what is wrong with it. */
export function redisUrlFault(text: string): string | null {
  if (!URL.canParse(text)) return 'is not a URL such as redis://host:6379';
  const { protocol, hostname } = new URL(text);
  if (protocol !== 'redis:' && protocol !== 'rediss:')
    return `must start with redis:// or rediss://, not ${protocol}//`;
  return hostname === '' ? 'names no host' : null;
}

/** The URL without its user and password. */
export function redactUrl(text: string): string {
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    url.username = '';
    url.password = '';
    return url.href.replace('://', '://***@');
  }
  return url.href;
}

/** Drivers want `::1`, URLs say `[::1]`. */
function bareHost(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}
