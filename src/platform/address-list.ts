/** Lists of IP addresses, as operators write them: addresses, networks such as 10.0.0.0/8, and words for common ones. */
import { BlockList, isIP } from 'node:net';

const words: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', 'fc00::/7', 'fe80::/10'],
};

const mostKnown = 1000;

export type AddressList = { has(address: string): boolean };

/** `null` when one of the words is neither an address nor a network. */
export function addressListOf(entries: readonly string[]): AddressList | null {
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
  // A check takes longer than reading a request, and the same addresses come again and again.
  const known = new Map<string, boolean>();
  return {
    has: (address) => {
      const before = known.get(address);
      if (before !== undefined) return before;
      const found = judge(address);
      if (known.size >= mostKnown) known.clear();
      known.set(address, found);
      return found;
    },
  };
}

/** An IPv4 address that came over an IPv6 socket is written as what it is. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}

/**
 * Whom an address stands for when things are counted: itself, and with IPv6 its network of 64 bits, of which everybody has a
 * whole one.
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
