/**
 * Where a request came from, according to trusted proxies. Each proxy appends the address that it heard from, so the list is read
 * from its end: the first address that is not a trusted proxy is the client's. What stands before it was sent by the client and is
 * ignored.
 */
import { isIP } from 'node:net';
import { type AddressList, plainAddress } from '../platform/address-list.ts';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

export type ProxyRules = { readonly trusted: AddressList; readonly headers: 'x-forwarded' | 'forwarded' };
export type Forwarded = {
  readonly address: string;
  readonly secure: boolean;
  readonly prefix: string;
  /** The host and port that the browser used; `null` if unknown. */
  readonly host: string | null;
};

const namesOfX = ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-prefix', 'x-forwarded-host'] as const;

export function forwardedBy(rules: ProxyRules, peer: string, headers: Headers): Forwarded {
  const direct = { address: plainAddress(peer), secure: false, prefix: '', host: null };
  if (!rules.trusted.has(peer)) return direct;
  if (rules.headers === 'forwarded') {
    const hops = parseHops(textOf(headers.forwarded));
    const [nearest] = hops;
    return {
      ...direct,
      address: clientAmong(hops.map((hop) => hop.get('for') ?? '').reverse(), rules.trusted) ?? direct.address,
      secure: nearest?.get('proto')?.toLowerCase() === 'https',
      host: nearest?.get('host') ?? null,
    };
  }
  if (!namesOfX.some((name) => headers[name] !== undefined)) return direct;
  const said = listOf(textOf(headers['x-forwarded-for']));
  return {
    address: clientAmong(said.reverse(), rules.trusted) ?? direct.address,
    secure: listOf(textOf(headers['x-forwarded-proto']))[0]?.toLowerCase() === 'https',
    prefix: prefixOf(listOf(textOf(headers['x-forwarded-prefix'])).join('')),
    host: listOf(textOf(headers['x-forwarded-host']))[0] ?? null,
  };
}

/** In the form for cookies and pages: a path of plain segments without a trailing slash, or empty. */
export function prefixOf(path: string): string {
  const plain = path.replace(/\/+$/, '');
  const isPlain = plain.length <= 200 && /^(\/(?!\.{1,2}(\/|$))[\w.~-]+)+$/.test(plain);
  return isPlain ? plain : '';
}

/** The last one if all are trusted: an internal client. */
function clientAmong(fromNearest: readonly string[], trusted: AddressList): string | null {
  let known: string | null = null;
  for (const text of fromNearest) {
    const address = addressIn(text);
    if (address === null) break;
    known = address;
    if (!trusted.has(address)) break;
  }
  return known;
}

/** Some proxies add the port. `null` if it is not an address. */
function addressIn(text: string): string | null {
  const bare = /^\[([^\]]+)\](:\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  return isIP(bare) === 0 ? null : plainAddress(bare);
}

/** The header of RFC 7239, in the forms that proxies write. */
function parseHops(text: string): ReadonlyMap<string, string>[] {
  return listOf(text).map((hop) => {
    const pairs = hop.split(';').map((pair): [string, string] => {
      const at = pair.indexOf('=');
      return [
        pair.slice(0, at).trim().toLowerCase(),
        pair
          .slice(at + 1)
          .trim()
          .replace(/^"(.*)"$/, '$1'),
      ];
    });
    return new Map(pairs);
  });
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

function textOf(value: string | string[] | undefined): string {
  return Array.isArray(value) ? value.join(',') : (value ?? '');
}
