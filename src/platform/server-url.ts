/** The URLs of database servers. Whoever is named by one is read here, from the environment and the command line alike. */
export type ServerUrl = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** The query parameters. */
  readonly options: ReadonlyMap<string, string>;
};

/** The parsed URL, or what is wrong with it in words that never repeat it. */
export function parseServerUrl(text: string, allowedOptions: readonly string[] = []): ServerUrl | string {
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

/** Drivers want `::1`, URLs say `[::1]`. */
function bareHost(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}
