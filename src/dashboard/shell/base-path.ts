/**
 * The path of this page on its host: `/`, or `/orders/` behind a proxy that serves it below a prefix. It is derived from the address
 * of the running script, which lies in `assets/` right below it.
 */
export const basePath: string = baseOf(import.meta.url);

export function baseOf(scriptUrl: string): string {
  const { pathname } = new URL(scriptUrl);
  const at = pathname.lastIndexOf('/assets/');
  return at === -1 ? '/' : pathname.slice(0, at + 1);
}

/** The address of a path within the page: `at('/graphql')`. */
export function at(path: string): string {
  return basePath + path.replace(/^\//, '');
}

/** The inverse: the path within the page of an address of this host. */
export function within(pathname: string): string {
  return pathname.startsWith(basePath) ? `/${pathname.slice(basePath.length)}` : pathname;
}
