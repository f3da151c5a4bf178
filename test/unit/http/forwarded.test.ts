import { describe, expect, it } from 'vitest';
import { forwardedBy, prefixOf } from '../../../src/http/forwarded.ts';
import { clientOf, parseAddressList } from '../../../src/platform/address-list.ts';

const list = (...entries: string[]) => {
  const made = parseAddressList(entries);
  if (made === null) throw new Error('no list');
  return made;
};
const rules = { trusted: list('loopback', '10.0.0.0/8'), headers: 'x-forwarded' } as const;
const standard = { trusted: rules.trusted, headers: 'forwarded' } as const;

describe('where a request came from', () => {
  it.each<[string, string, Record<string, string>, string]>([
    ['no header', '203.0.113.9', {}, '203.0.113.9'],
    ['a stranger says', '203.0.113.9', { 'x-forwarded-for': '1.2.3.4' }, '203.0.113.9'],
    ['a proxy says', '127.0.0.1', { 'x-forwarded-for': '1.2.3.4' }, '1.2.3.4'],
    ['a proxy over an IPv6 socket says', '::ffff:127.0.0.1', { 'x-forwarded-for': '1.2.3.4' }, '1.2.3.4'],
    ['the client makes up one before', '10.1.1.1', { 'x-forwarded-for': '6.6.6.6, 1.2.3.4' }, '1.2.3.4'],
    ['two proxies say', '127.0.0.1', { 'x-forwarded-for': '6.6.6.6, 1.2.3.4, 10.0.0.7' }, '1.2.3.4'],
    ['all are within', '127.0.0.1', { 'x-forwarded-for': '10.0.0.8, 10.0.0.7' }, '10.0.0.8'],
    ['it has a port', '127.0.0.1', { 'x-forwarded-for': '1.2.3.4:5678' }, '1.2.3.4'],
    ['it is IPv6 with a port', '127.0.0.1', { 'x-forwarded-for': '[2001:db8::1]:5678' }, '2001:db8::1'],
    ['it is no address', '127.0.0.1', { 'x-forwarded-for': '1.2.3.4, unknown' }, '127.0.0.1'],
    ['the client sends the other header', '127.0.0.1', { forwarded: 'for=6.6.6.6' }, '127.0.0.1'],
  ])('when %s', (_, peer, headers, address) => {
    expect(forwardedBy(rules, peer, headers).address).toBe(address);
  });

  it('is read from the header of RFC 7239 where that is told, and from it alone', () => {
    const headers = {
      forwarded: 'for=6.6.6.6;proto=http, for="[2001:db8::1]:47";proto=https;host=shop.example.com, for=10.0.0.7',
      'x-forwarded-for': '9.9.9.9',
    };
    expect(forwardedBy(standard, '127.0.0.1', headers)).toMatchObject({ address: '2001:db8::1' });
    expect(forwardedBy(standard, '127.0.0.1', { forwarded: 'for=1.2.3.4;proto=https' }).secure).toBe(true);
    expect(forwardedBy(standard, '127.0.0.1', { 'x-forwarded-for': '9.9.9.9' }).address).toBe('127.0.0.1');
  });

  it('says how the browser got there', () => {
    const headers = {
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'shop.example.com',
      'x-forwarded-prefix': '/shop/',
    };
    expect(forwardedBy(rules, '127.0.0.1', headers)).toEqual({
      address: '127.0.0.1',
      secure: true,
      prefix: '/shop',
      host: 'shop.example.com',
    });
    expect(forwardedBy(rules, '203.0.113.9', headers)).toEqual({
      address: '203.0.113.9',
      secure: false,
      prefix: '',
      host: null,
    });
  });

  it.each([
    ['/shop', '/shop'],
    ['/shop/', '/shop'],
    ['/a/b.c~d', '/a/b.c~d'],
    ['/', ''],
    ['//evil.example', ''],
    ['/../up', ''],
    ['/a;Secure', ''],
    ['/a b', ''],
    ['shop', ''],
    [`/${'x'.repeat(300)}`, ''],
  ])('takes the prefix %s as %s', (path, prefix) => {
    expect(prefixOf(path)).toBe(prefix);
  });
});

describe('lists of addresses', () => {
  it('know addresses, networks and words', () => {
    const known = list('192.0.2.1', '10.0.0.0/8', 'loopback', '2001:db8::/32');
    const inside = ['192.0.2.1', '10.255.0.1', '127.9.9.9', '::1', '::ffff:10.0.0.1', '2001:db8:1::9'];
    expect(inside.map((address) => known.has(address))).toEqual(inside.map(() => true));
    expect(['192.0.2.2', '11.0.0.1', '2001:db9::1', '', 'localhost'].map((address) => known.has(address))).toEqual(
      Array.from({ length: 5 }, () => false),
    );
  });

  it.each(['proxy', '10.0.0.0/33', '10.0.0.0/', '10.0.0', '::/129', 'fe80::1/x'])('refuse %s', (entry) => {
    expect(parseAddressList([entry])).toBeNull();
  });

  it.each([
    ['1.2.3.4', '1.2.3.4'],
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['2001:db8:1:2:aaaa:bbbb:cccc:dddd', '2001:db8:1:2::/64'],
    ['2001:0DB8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('count %s as %s', (address, client) => {
    expect(clientOf(address)).toBe(client);
  });
});
