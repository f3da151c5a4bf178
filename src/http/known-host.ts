/**
 * Names by which the API may be called. In a DNS rebinding attack a page resolves its own name to this address and sends that name: a
 * server that accepts any name lets the page read and write with its visitor's rights. Addresses cannot be rebound, so probes and
 * people may use them; names must be listed.
 */
import { isIP } from 'node:net';

export type HostRules = {
  readonly allowedHosts: readonly string[];
  readonly publicUrl: string | null;
  /** The address that the server listens on. */
  readonly host: string;
};
export type HostVerdict = 'known' | 'unknown' | 'malformed';

export function hostJudge({ allowedHosts, publicUrl, host }: HostRules): (hosts: readonly string[]) => HostVerdict {
  const names = new Set([...allowedHosts.filter((name) => !name.startsWith('*')), host.toLowerCase()]);
  if (publicUrl !== null) names.add(new URL(publicUrl).hostname);
  const below = allowedHosts.filter((name) => name.startsWith('*.')).map((name) => name.slice(1));
  const any = allowedHosts.includes('*');
  const judge = (name: string) =>
    any ||
    isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0 ||
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    names.has(name) ||
    below.some((ending) => name.endsWith(ending));
  const judged = new Map<string, HostVerdict>();
  return (hosts) => {
    const [text, second] = hosts;
    // Old clients send no Host header. Browsers always do.
    if (text === undefined) return 'known';
    if (second !== undefined) return 'malformed';
    const before = judged.get(text);
    if (before !== undefined) return before;
    const name = nameIn(text);
    const verdict = name === null ? 'malformed' : judge(name) ? 'known' : 'unknown';
    // Bounded, because names are made up freely.
    if (verdict === 'known' && judged.size < 100) judged.set(text, verdict);
    return verdict;
  };
}

/** Every Host header of a request: Node passes on only the first. */
export function hostsOf(rawHeaders: readonly string[]): string[] {
  const hosts: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts.push(rawHeaders[index + 1] ?? '');
  }
  return hosts;
}

/** In the form of URLs, without the port. */
function nameIn(host: string): string | null {
  if (!/^(\[[\da-f:.]+\]|[\w.-]+)(:\d{1,5})?$/i.test(host) || !URL.canParse(`http://${host}`)) return null;
  return new URL(`http://${host}`).hostname.replace(/\.$/, '');
}
