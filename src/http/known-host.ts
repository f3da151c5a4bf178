/**
 * By which names the API may be called. A page whose own name was bent to this address sends that name: whoever answers to any
 * name reads and writes for it, with the rights of whoever looks at the page. An address cannot be bent, so probes and people
 * may use it; names have to be listed.
 */
import { isIP } from 'node:net';

export type HostRules = {
  readonly allowedHosts: readonly string[];
  readonly publicUrl: string | null;
  /** What the server listens on. */
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
    // Old clients send none. Browsers always do.
    if (text === undefined) return 'known';
    if (second !== undefined) return 'malformed';
    const before = judged.get(text);
    if (before !== undefined) return before;
    const name = nameIn(text);
    const verdict = name === null ? 'malformed' : judge(name) ? 'known' : 'unknown';
    // Whoever makes up names does not fill the memory.
    if (verdict === 'known' && judged.size < 100) judged.set(text, verdict);
    return verdict;
  };
}

/** Every Host header of a request: Node hands on the first one only. */
export function hostsOf(rawHeaders: readonly string[]): string[] {
  const hosts: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts.push(rawHeaders[index + 1] ?? '');
  }
  return hosts;
}

/** In the form that URLs give names, without the port. */
function nameIn(host: string): string | null {
  if (!/^(\[[\da-f:.]+\]|[\w.-]+)(:\d{1,5})?$/i.test(host) || !URL.canParse(`http://${host}`)) return null;
  return new URL(`http://${host}`).hostname.replace(/\.$/, '');
}
