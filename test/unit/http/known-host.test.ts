import { describe, expect, it } from 'vitest';
import { hostJudge, hostsOf } from '../../../src/http/known-host.ts';

const judge = hostJudge({
  allowedHosts: ['api.example.com', '*.shop.example'],
  publicUrl: 'https://orders.example.org/path',
  host: 'tidemark.internal',
});

describe('the Host header', () => {
  it.each([
    'localhost',
    'localhost:4000',
    'LOCALHOST',
    'app.localhost:4000',
    '127.0.0.1:4000',
    '[::1]:4000',
    '192.168.1.7',
    '10.0.0.1:80',
    'api.example.com',
    'API.example.com.:443',
    'a.shop.example',
    'a.b.shop.example',
    'orders.example.org',
    'tidemark.internal:4000',
  ])('is known: %s', (host) => {
    expect(judge([host])).toBe('known');
    expect(judge([host])).toBe('known');
  });

  it.each([
    'evil.example',
    'localhost.evil.example',
    'api.example.com.evil.example',
    'xapi.example.com',
    'shop.example',
    'evilshop.example',
    '127.0.0.1.evil.example',
    'orders.example.com',
  ])('is not known: %s', (host) => {
    expect(judge([host])).toBe('unknown');
  });

  it.each([
    ['a:99999'],
    ['[::1'],
    ['a b'],
    ['a/b'],
    ['user@localhost'],
    [''],
    ['256.256.256.256'],
    ['a:b'],
    ['[::1]x'],
  ])('is no host: %s', (host) => {
    expect(judge([host])).toBe('malformed');
  });

  it('is there once, or not at all', () => {
    expect(judge([])).toBe('known');
    expect(judge(['localhost', 'localhost'])).toBe('malformed');
    expect(hostsOf(['Host', 'a', 'accept', '*/*', 'hOST', 'b'])).toEqual(['a', 'b']);
  });

  it('may be any name where that is told', () => {
    const any = hostJudge({ allowedHosts: ['*'], publicUrl: null, host: '0.0.0.0' });
    expect(any(['evil.example'])).toBe('known');
    expect(any(['a:99999'])).toBe('malformed');
  });
});
