/** Lists of IP addresses: addresses, networks such as 10.0.0.0/8, and names for common ones. */
import { BlockList, isIP } from 'node:net';

const words: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', 'fc00::/7', 'fe80::/10'],
};

const maxKnown = 1000;

export type AddressList = { has(address: string): boolean };

/** `null` if an entry is neither an address nor a network. */
export function parseAddressList(entries: readonly string[]): AddressList | null {
  const list = new BlockList();
  for (const entry of entries.flatMap((word) => words[word] ?? [word])) {
    const [address = '', bits] = entry.split('/');
    const family = isIP(address);
    if (family === 0) return null;
    const type = family === 4 ? 'ipv4' : 'ipv6';
    if (bits === undefined) list.addAddress(address, type);
    else if (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)) {
      list.addSubnet(address, Number(bits), type);
    } else return null;
  }
  const judge = (address: string) => {
    const plain = plainAddress(address);
    const family = isIP(plain);
    return family !== 0 && list.check(plain, family === 4 ? 'ipv4' : 'ipv6');
  };
  // A check takes longer than reading a request, and the same addresses repeat.
  const known = new Map<string, boolean>();
  return {
    has: (address) => {
      const before = known.get(address);
      if (before !== undefined) return before;
      const found = judge(address);
      if (known.size >= maxKnown) known.clear();
      known.set(address, found);
      return found;
    },
  };
}

/** Unwraps an IPv4 address mapped to IPv6. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}

/**
 * The unit by which clients are counted: an IPv4 address, or the /64 network of an IPv6 address, because every client has a whole
 * one.
 */
export function clientOf(address: string): string {
  const plain = plainAddress(address);
  if (isIP(plain) !== 6) return plain;
  const [head = '', tail] = (plain.split('%')[0] ?? '').split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(8 - before.length - after.length, 0);
  const groups = [...before, ...Array.from({ length: zeros }, () => '0'), ...after];
  const network = groups.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, '').toLowerCase());
  return `${network.join(':')}::/64`;
}
