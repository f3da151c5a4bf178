/**
 * Where this page lies on its host: `/`, or `/orders/` behind a proxy that serves it below a prefix. The script that runs
 * knows, wherever the server was told to be: it lies in `assets/`, right below.
 */
export const basePath: string = baseOf(import.meta.url);

export function baseOf(scriptUrl: string): string {
  const { pathname } = new URL(scriptUrl);
  const at = pathname.lastIndexOf('/assets/');
  return at === -1 ? '/' : pathname.slice(0, at + 1);
}

/** The address of something on this host, from its path within the page: `at('/graphql')`. */
export function at(path: string): string {
  return basePath + path.replace(/^\//, '');
}

/** The other way round: the path within the page of an address of this host. */
export function within(pathname: string): string {
  return pathname.startsWith(basePath) ? `/${pathname.slice(basePath.length)}` : pathname;
}
