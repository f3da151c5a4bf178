import type { IncomingMessage } from 'node:http';
import type { Caller } from '../graphql/caller.ts';
import { forwardedBy, type ProxyRules, prefixOf } from './forwarded.ts';

export type CallerRules = {
  readonly proxies: ProxyRules;
  /** Where browsers find the API; proxies are then only believed for the client's address. */
  readonly publicUrl: string | null;
  readonly corsOrigins: readonly string[];
};

/** Who sends a request, as far as its headers can be believed. */
export function callerReader({ proxies, publicUrl, corsOrigins }: CallerRules) {
  const known = publicUrl === null ? null : new URL(publicUrl);
  const prefix = known === null ? '' : prefixOf(known.pathname);
  return ({ socket, headers }: IncomingMessage): Omit<Caller, 'admission'> => {
    const said = forwardedBy(proxies, socket.remoteAddress ?? '', headers);
    const { origin } = headers;
    const isOurs = (page: string) =>
      corsOrigins.includes(page) ||
      [known?.host, said.host, headers.host].some((host) => host != null && host === hostOf(page));
    return {
      address: said.address,
      secure: known === null ? said.secure : known.protocol === 'https:',
      prefix: known === null ? said.prefix : prefix,
      page: origin === undefined ? pageWithoutOrigin(headers) : isOurs(origin) ? 'own' : 'foreign',
    };
  };
}

/** Browsers omit the origin for images, scripts and pages; newer ones send Sec-Fetch-Site all the same. */
function pageWithoutOrigin(headers: IncomingMessage['headers']): Caller['page'] {
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'none') return 'none';
  return site === 'same-origin' ? 'own' : 'foreign';
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
