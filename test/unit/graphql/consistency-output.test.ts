import { describe, expect, it } from 'vitest';
import {
  consistencyExtension,
  cookieNamesFor,
  writeSession,
} from '../../../src/graphql/consistency/consistency-output.ts';
import type { SessionOutput } from '../../../src/graphql/request-facts.ts';

function headersAfter(output: SessionOutput, url = 'http://127.0.0.1/graphql'): Headers {
  const headers = new Headers();
  writeSession(new Request(url), headers, output, { cookieName: 'tidemark_orders', cookieMaxAgeS: 60 });
  return headers;
}

describe('what an answer says of itself', () => {
  it('names the node, why, and how long it waited', () => {
    const decision = { node: 'replica-1', role: 'REPLICA', reason: 'replica-after-wait', waitedMs: 12.3456 } as const;
    expect(consistencyExtension('SESSION', decision, 'token')).toEqual({
      token: 'token',
      level: 'SESSION',
      servedBy: { node: 'replica-1', role: 'REPLICA' },
      reason: 'replica-after-wait',
      waitedMs: 12.3,
    });
  });

  it('names no server if none was asked', () => {
    expect(consistencyExtension('EVENTUAL', null, null)).toEqual({
      token: null,
      level: 'EVENTUAL',
      servedBy: null,
      reason: null,
      waitedMs: 0,
    });
  });
});

describe('a session on its way out', () => {
  it('is a header, and a cookie that no script sees and no foreign page sends', () => {
    const headers = headersAfter({ token: 'abc', cookie: 'SET' });
    expect(headers.get('x-consistency-token')).toBe('abc');
    expect(headers.get('set-cookie')).toBe('tidemark_orders=abc; Max-Age=60; Path=/graphql; HttpOnly; SameSite=Strict');
  });

  it('travels only encrypted where the request did', () => {
    expect(headersAfter({ token: 'abc', cookie: 'SET' }, 'https://shop.example.com/graphql').get('set-cookie')).toMatch(
      /; Secure$/,
    );
  });

  it('is not kept by caches', () => {
    expect(headersAfter({ token: 'abc', cookie: 'KEEP' }).get('cache-control')).toBe('no-store');
  });

  it('leaves the cookie alone when it has not advanced', () => {
    expect(headersAfter({ token: 'abc', cookie: 'KEEP' }).has('set-cookie')).toBe(false);
    expect([...headersAfter({ token: null, cookie: 'KEEP' })]).toEqual([]);
  });

  it('takes a refused cookie back', () => {
    expect(headersAfter({ token: null, cookie: 'CLEAR' }).get('set-cookie')).toBe(
      'tidemark_orders=; Max-Age=0; Path=/graphql; HttpOnly; SameSite=Strict',
    );
  });
});

describe('the name of the cookie', () => {
  it.each([
    ['orders', 'tidemark_orders'],
    ['a.b-c_d', 'tidemark_a_b-c_d'],
  ])('of cluster %s begins with %s, and tells two of one name apart', (clusterId, before) => {
    expect(cookieNamesFor(clusterId, '0123456789abcdef01234567')).toEqual({ own: `${before}_0123456789ab`, before });
    expect(cookieNamesFor(clusterId, null)).toEqual({ own: null, before });
  });

  it('is unknown at first: then none is set', () => {
    const headers = new Headers();
    const settings = { cookieName: null, cookieMaxAgeS: 60 };
    writeSession(new Request('http://127.0.0.1/graphql'), headers, { token: 'abc', cookie: 'SET' }, settings);
    expect([headers.get('x-consistency-token'), headers.get('set-cookie')]).toEqual(['abc', null]);
  });
});
