import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { TlsWords } from '../../../src/servers/server-tls.ts';
import { serverAt, urlOf } from '../../../src/servers/server-url.ts';
import { certificates } from '../../support/certificates.ts';

const { ca, anotherCa, serverKey } = certificates;
const pem = readFileSync(ca, 'utf8');
const server = 'mysql://a:hunter2@h/o';

function tlsOf(query: string, tls: TlsWords = { mode: null, caFile: null }) {
  const read = serverAt(`${server}${query}`, { tls });
  return typeof read === 'string' ? read : read.tls;
}

describe('TLS in the URL of a server', () => {
  it.each([
    ['', null],
    ['?ssl-mode=DISABLED', null],
    ['?ssl-mode=REQUIRED', { mode: 'REQUIRED', ca: null }],
    ['?ssl-mode=required', { mode: 'REQUIRED', ca: null }],
    ['?ssl-mode=Verify_CA', { mode: 'VERIFY_CA', ca: null }],
    ['?ssl-mode=VERIFY_IDENTITY', { mode: 'VERIFY_IDENTITY', ca: null }],
    [`?ssl-mode=VERIFY_IDENTITY&ssl-ca=${ca}`, { mode: 'VERIFY_IDENTITY', ca: { file: ca, pem } }],
    [`?ssl-ca=${encodeURIComponent(ca)}`, { mode: 'VERIFY_CA', ca: { file: ca, pem } }],
    ['?sslaccept=strict', { mode: 'VERIFY_IDENTITY', ca: null }],
    ['?sslaccept=accept_invalid_certs', { mode: 'REQUIRED', ca: null }],
    [`?sslaccept=strict&sslcert=${ca}`, { mode: 'VERIFY_IDENTITY', ca: { file: ca, pem } }],
    [`?sslcert=${ca}`, { mode: 'VERIFY_CA', ca: { file: ca, pem } }],
  ])('%s is understood', (query, tls) => {
    expect(tlsOf(query)).toEqual(tls);
  });

  it.each([
    ['?ssl-mode=hunter2', 'has an ?ssl-mode that is none of DISABLED, REQUIRED, VERIFY_CA, VERIFY_IDENTITY'],
    ['?ssl-mode=PREFERRED', 'has an ?ssl-mode that is none of'],
    ['?sslaccept=hunter2', 'has an ?sslaccept that is none of strict, accept_invalid_certs'],
    ['?sslaccept=constructor', 'has an ?sslaccept that is none of'],
    ['?ssl-mode=REQUIRED&sslaccept=strict', 'sets both ?ssl-mode and ?sslaccept'],
    [`?ssl-ca=${ca}&sslcert=${ca}`, 'sets both ?ssl-ca and ?sslcert'],
    [`?ssl-mode=REQUIRED&ssl-ca=${ca}`, 'names a CA, which REQUIRED ignores'],
    [`?ssl-mode=DISABLED&ssl-ca=${ca}`, 'names a CA, which DISABLED ignores'],
    [`?sslaccept=accept_invalid_certs&sslcert=${ca}`, 'names a CA, which REQUIRED ignores'],
    ['?ssl-ca=/hunter2/ca.pem', 'names a CA whose file cannot be read (ENOENT)'],
    ['?ssl-ca=/', 'names a CA whose file cannot be read (EISDIR)'],
    ['?ssl-ca=', 'names a CA whose file cannot be read'],
    [`?ssl-ca=${serverKey}`, 'names a CA whose file holds no certificate in PEM'],
    ['?sslmode=require', 'has an unknown ?parameter; known are ssl-mode, ssl-ca'],
    ['?tls=true', 'has an unknown ?parameter'],
  ])('%s is refused in words that repeat nothing of it', (query, fault) => {
    const told = tlsOf(query);
    expect(told).toContain(fault);
    expect(told).not.toContain('hunter2');
  });

  it.each([
    ['', { mode: 'REQUIRED', caFile: null }, 'REQUIRED', null],
    ['', { mode: null, caFile: ca }, 'VERIFY_CA', ca],
    ['', { mode: 'VERIFY_IDENTITY', caFile: ca }, 'VERIFY_IDENTITY', ca],
    ['?ssl-mode=VERIFY_CA', { mode: 'VERIFY_IDENTITY', caFile: ca }, 'VERIFY_CA', ca],
    ['?ssl-mode=REQUIRED', { mode: 'VERIFY_IDENTITY', caFile: ca }, 'REQUIRED', null],
    ['?ssl-mode=DISABLED', { mode: 'VERIFY_IDENTITY', caFile: ca }, undefined, undefined],
    [`?ssl-ca=${anotherCa}`, { mode: 'VERIFY_IDENTITY', caFile: ca }, 'VERIFY_IDENTITY', anotherCa],
    [`?ssl-ca=${anotherCa}`, { mode: 'REQUIRED', caFile: null }, 'VERIFY_CA', anotherCa],
  ] as const)('%s goes over the default %o', (query, defaults, mode, file) => {
    const tls = tlsOf(query, defaults);
    if (typeof tls === 'string') throw new Error(tls);
    expect([tls?.mode, mode === undefined ? undefined : (tls?.ca?.file ?? null)]).toEqual([mode, file]);
  });
});

it.each([
  'mysql://a:p%40%3A%2F@h:3307/o',
  'mysql://a:@[::1]:3306/o%20o',
  'mysql://a:p@h:3306/o?ssl-mode=REQUIRED',
  `mysql://a:p@h:3306/o?ssl-mode=VERIFY_CA&ssl-ca=${encodeURIComponent(ca)}`,
])('%s is written as it was read', (url) => {
  const read = serverAt(url);
  if (typeof read === 'string') throw new Error(read);
  expect(urlOf(read)).toBe(url);
});
