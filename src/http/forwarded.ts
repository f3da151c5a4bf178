/**
 * Where a request came from, by the word of proxies that are trusted. Each proxy adds whom it heard from at the end, so the
 * list is read from there: the first address that is no trusted proxy is the client's. What stands before it is the client's own
 * word, which counts for nothing.
 */
import { isIP } from 'node:net';
import { type AddressList, plainAddress } from '../platform/address-list.ts';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

export type ProxyRules = { readonly trusted: AddressList; readonly headers: 'x-forwarded' | 'forwarded' };
export type Forwarded = {
  readonly address: string;
  readonly secure: boolean;
  readonly prefix: string;
  /** What the browser calls the API by, with its port; `null` when nobody says. */
  readonly host: string | null;
};

const namesOfX = ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-prefix', 'x-forwarded-host'] as const;

export function forwardedBy(rules: ProxyRules, peer: string, headers: Headers): Forwarded {
  const direct = { address: plainAddress(peer), secure: false, prefix: '', host: null };
  if (!rules.trusted.has(peer)) return direct;
  if (rules.headers === 'forwarded') {
    const hops = hopsOf(textOf(headers.forwarded));
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

/** As it is written into cookies and pages: a path of plain segments, without a slash at its end, or nothing. */
export function prefixOf(path: string): string {
  const plain = path.replace(/\/+$/, '');
  const isPlain = plain.length <= 200 && /^(\/(?!\.{1,2}(\/|$))[\w.~-]+)+$/.test(plain);
  return isPlain ? plain : '';
}

/** The last of them when all are trusted: somebody within. */
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

/** Some proxies add the port. `null` for words that are no address. */
function addressIn(text: string): string | null {
  const bare = /^\[([^\]]+)\](:\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  return isIP(bare) === 0 ? null : plainAddress(bare);
}

/** The header of RFC 7239, as far as proxies write it. */
function hopsOf(text: string): ReadonlyMap<string, string>[] {
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
