import type { PeerCertificate } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { connectionOptions } from '../../../src/servers/mysql-family/connection-options.ts';
import { tlsOptions } from '../../../src/servers/mysql-family/tls-options.ts';
import type { ServerTls } from '../../../src/servers/server-tls.ts';
import { certificates } from '../../support/certificates.ts';

const modes = ['REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY'] as const;
const tlsWith = (mode: ServerTls['mode']): ServerTls => ({ mode, ca: null });
const certificateFor = (subjectaltname: string) => ({ subject: { CN: 'x' }, subjectaltname }) as PeerCertificate;

describe('a secure connection', () => {
  it.each(modes)('with %s trusts any server only if nothing else was required', (mode) => {
    expect(tlsOptions('db', tlsWith(mode)).rejectUnauthorized).toBe(mode !== 'REQUIRED');
  });

  it.each([
    ['db.example', 'DNS:db.example', true],
    ['db.example', 'DNS:other.example', false],
    ['10.0.0.1', 'IP Address:10.0.0.1', true],
    ['10.0.0.1', 'IP Address:10.0.0.2, DNS:localhost', false],
  ])('to %s takes a certificate for %s: %s', (host, name, taken) => {
    const asked = (mode: ServerTls['mode']) =>
      // Node asks with `localhost` when the peer of the socket is an address.
      tlsOptions(host, tlsWith(mode)).checkServerIdentity?.('localhost', certificateFor(name)) === undefined;
    expect(asked('VERIFY_IDENTITY')).toBe(taken);
    expect(asked('VERIFY_CA')).toBe(true);
  });

  it('names the host that it wants, where that is a name', () => {
    expect(tlsOptions('db.example', tlsWith('REQUIRED'))).toMatchObject({ servername: 'db.example' });
    expect(tlsOptions('10.0.0.1', tlsWith('REQUIRED'))).not.toHaveProperty('servername');
  });

  it('trusts by its CA alone: the driver would make an exception where none is named', () => {
    for (const mode of ['VERIFY_CA', 'VERIFY_IDENTITY'] as const) {
      expect(Boolean(tlsOptions('db', tlsWith(mode)).ca)).toBe(true);
    }
  });

  it('reads certificates once and not for every connection', () => {
    const tls: ServerTls = { mode: 'VERIFY_CA', ca: { file: certificates.ca, pem: '' } };
    expect(tlsOptions('db', tls).secureContext).toBe(tlsOptions('db', tls).secureContext);
  });

  it('is none where none was asked for', () => {
    const server = { name: 'db', host: 'db', port: 3306, user: 'u', password: 'p', database: 'o' };
    expect(connectionOptions({ ...server, tls: null })).not.toHaveProperty('ssl');
    expect(connectionOptions({ ...server, tls: tlsWith('REQUIRED') })).toHaveProperty('ssl');
  });
});
