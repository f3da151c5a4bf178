import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidConsistencyTokenError, InvalidTokenSettingsError } from '../../../src/consistency/errors.ts';
import type { Flavour } from '../../../src/consistency/position.ts';
import { advanceSession, emptySession, requireSource, type Session } from '../../../src/consistency/session.ts';
import {
  clockToleranceMs,
  decodeToken,
  encodeToken,
  maxIssuedTokenLength,
  maxReadTokenLength,
} from '../../../src/consistency/token.ts';
import { TokenKeyring } from '../../../src/consistency/token-keyring.ts';
import { positions } from '../../../src/servers/known-flavours.ts';
import { parsePosition } from '../../support/positions.ts';
import { mariadbPosition, mysqlPosition } from './arbitrary-positions.ts';

const keyring = new TokenKeyring([{ id: 'a', secret: 'a secret of at least thirty-two characters' }]);
const otherKeyring = new TokenKeyring([{ id: 'a', secret: 'another secret of thirty-two characters..' }]);
const using = (ring: TokenKeyring) => ({ keyring: ring, positions });
const issuedAtMs = 1_793_000_000_000;
const uuids = ['3e11fa47-71ca-11e1-9e33-c80aa9429562', '5c9e1b0a-0000-11ef-8000-0242ac120002'];

const sessionAt = (flavour: Flavour, text: string): Session =>
  advanceSession(emptySession('orders-eu-1', 3), parsePosition(flavour, text), issuedAtMs);
const ordinary = sessionAt('mariadb', '0-1-104729');

/** Of a token of one database. */
const decoded = (...given: Parameters<typeof decodeToken>): Session => {
  const [session, ...others] = decodeToken(...given);
  if (session === undefined || others.length > 0) throw new Error('One session was expected');
  return session;
};
const told = (session: Session) => ({ ...session, position: session.position?.format() ?? null });
const reasonFor = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof InvalidConsistencyTokenError) return String(error.facts.reason);
    throw error;
  }
  return 'accepted';
};

const anySession = fc
  .record({
    clusterId: fc.string({ minLength: 1, maxLength: 16 }),
    epoch: fc.nat(),
    position: fc.option(fc.oneof(mysqlPosition, mariadbPosition), { nil: null }),
    issuedAtMs: fc.maxSafeNat(),
    requiresSource: fc.boolean(),
  })
  .map((session): Session => session);

describe('a token', () => {
  it('carries every session there and back', () => {
    fc.assert(
      fc.property(anySession, (session) => {
        const token = encodeToken(session, using(keyring));
        expect(token).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(told(decoded(token, using(keyring), session.clusterId))).toEqual(told(session));
        expect(encodeToken({ ...session }, using(keyring))).toBe(token);
      }),
      { numRuns: 500 },
    );
  });

  it.each<[Flavour, string]>([
    ['mariadb', '0-1-104729'],
    ['mariadb', '0-1-18446744073709551615,1-2-18446744073709551615,2-4294967295-18446744073709551615'],
    ['mysql', `${uuids[0]}:1-104729`],
    ['mysql', `${uuids[0]}:1-9223372036854775806,${uuids[1]}:1-9223372036854775806`],
    ['mysql', `${uuids[0]}:1-3:1000003-1000200:2000003,${uuids[1]}:1-77:deploys:1-12`],
  ])('stays under 300 characters for an ordinary %s position: %s', (flavour, text) => {
    expect(encodeToken(sessionAt(flavour, text), using(keyring)).length).toBeLessThan(300);
  });

  it('demands the source instead of carrying a position that is too large', () => {
    const gaps = Array.from({ length: 2_000 }, (_, index) => `${index * 7 + 1}`).join(':');
    const token = encodeToken(sessionAt('mysql', `${uuids[0]}:${gaps}`), using(keyring));
    expect(token.length).toBeLessThan(300);
    expect(decoded(token, using(keyring), 'orders-eu-1')).toMatchObject({
      position: null,
      requiresSource: true,
      issuedAtMs,
    });
  });

  it('is handed out as long as it fits, and always short enough to be read again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 900 }), (count) => {
        const gaps = Array.from({ length: count }, (_, index) => `${index * 2 + 1}`).join(':');
        const session = sessionAt('mysql', `${uuids[0]}:${gaps}`);
        const token = encodeToken(session, using(keyring));
        expect(token.length).toBeLessThanOrEqual(maxIssuedTokenLength);
        const read = decoded(token, using(keyring), 'orders-eu-1');
        if (!read.requiresSource) expect(told(read)).toEqual(told(session));
      }),
      { numRuns: 50 },
    );
  });

  it('keeps the demand for the source of a session without a position', () => {
    const session = requireSource(emptySession('orders', 1));
    expect(decoded(encodeToken(session, using(keyring)), using(keyring), 'orders')).toEqual(session);
  });
});

describe('a token that is not ours', () => {
  it('is refused when any of its bytes was changed', () => {
    const bytes = Buffer.from(encodeToken(ordinary, using(keyring)), 'base64url');
    for (let index = 0; index < bytes.length; index += 1) {
      for (let flip = 1; flip < 256; flip += 1) {
        const changed = Buffer.from(bytes);
        changed.writeUInt8(changed.readUInt8(index) ^ flip, index);
        expect(reasonFor(() => decodeToken(changed.toString('base64url'), using(keyring), 'orders-eu-1'))).not.toBe(
          'accepted',
        );
      }
    }
  });

  it('is refused when any of its characters was changed, taken away or added', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ .\n';
    for (const session of [ordinary, sessionAt('mariadb', '0-1-1'), sessionAt('mariadb', '0-1-300')]) {
      const token = encodeToken(session, using(keyring));
      for (let index = 0; index < token.length; index += 1) {
        const [before, after] = [token.slice(0, index), token.slice(index + 1)];
        expect(reasonFor(() => decodeToken(before, using(keyring), 'orders-eu-1'))).not.toBe('accepted');
        expect(reasonFor(() => decodeToken(before + after, using(keyring), 'orders-eu-1'))).not.toBe('accepted');
        for (const sign of alphabet) {
          const inserted = `${before}${sign}${token.slice(index)}`;
          expect(reasonFor(() => decodeToken(inserted, using(keyring), 'orders-eu-1'))).not.toBe('accepted');
          if (sign === token[index]) continue;
          const changed = `${before}${sign}${after}`;
          expect(reasonFor(() => decodeToken(changed, using(keyring), 'orders-eu-1'))).not.toBe('accepted');
        }
      }
      for (const sign of alphabet) {
        expect(reasonFor(() => decodeToken(token + sign, using(keyring), 'orders-eu-1'))).not.toBe('accepted');
      }
    }
  });

  it('is refused with a typed error whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.base64String({ maxLength: 200 })), (text) => {
        expect(reasonFor(() => decodeToken(text, using(keyring), 'orders-eu-1'))).not.toBe('accepted');
      }),
      { numRuns: 1_000 },
    );
  });

  const token = encodeToken(ordinary, using(keyring));
  const withFirstByte = (first: number) => {
    const bytes = Buffer.from(token, 'base64url');
    bytes.writeUInt8(first, 0);
    return bytes.toString('base64url');
  };

  it.each<[string, () => unknown]>([
    ['malformed', () => decodeToken('not a token', using(keyring), 'orders-eu-1')],
    ['malformed', () => decodeToken('', using(keyring), 'orders-eu-1')],
    ['oversize', () => decodeToken('A'.repeat(maxReadTokenLength + 1), using(keyring), 'orders-eu-1')],
    ['oversize', () => decodeToken(' '.repeat(50_000_000), using(keyring), 'orders-eu-1')],
    ['malformed', () => decodeToken(' '.repeat(maxReadTokenLength), using(keyring), 'orders-eu-1')],
    ['unknown-version', () => decodeToken(withFirstByte(3), using(keyring), 'orders-eu-1')],
    ['unknown-key', () => decodeToken(token, using(otherKeyring), 'orders-eu-1')],
    ['bad-signature', () => decodeToken(`${token.slice(0, -4)}AAAA`, using(keyring), 'orders-eu-1')],
    ['accepted', () => decodeToken(token, using(keyring), 'orders-us-1')],
    ['foreign-flavour', () => decodeToken(token, using(keyring), 'orders-eu-1', { flavour: 'mysql' })],
    [
      'from-the-future',
      () => decodeToken(token, using(keyring), 'orders-eu-1', { nowMs: issuedAtMs - clockToleranceMs - 1 }),
    ],
    ['accepted', () => decodeToken(token, using(keyring), 'orders-eu-1', { nowMs: issuedAtMs - clockToleranceMs })],
    ['accepted', () => decodeToken(token, using(keyring), 'orders-eu-1', { flavour: 'mariadb', nowMs: issuedAtMs })],
  ])('is told why: %s', (reason, work) => {
    expect(reasonFor(work)).toBe(reason);
  });

  it('gets an error that is not worth a retry', () => {
    expect(new InvalidConsistencyTokenError('malformed')).toMatchObject({
      code: 'INVALID_CONSISTENCY_TOKEN',
      retryable: false,
    });
  });
});

describe('a keyring', () => {
  const older = { id: 'older', secret: 'the older secret, 32 characters or more' };
  const newer = { id: 'newer', secret: 'the newer secret, 32 characters or more' };
  const rotated = new TokenKeyring([newer, older]);

  it('verifies tokens of the older key and signs with the newer one', () => {
    const old = encodeToken(ordinary, using(new TokenKeyring([older])));
    const renewed = encodeToken(decoded(old, using(rotated), 'orders-eu-1'), using(rotated));
    expect(renewed).not.toBe(old);
    expect(told(decoded(renewed, using(new TokenKeyring([newer])), 'orders-eu-1'))).toEqual(told(ordinary));
  });

  it('refuses tokens of a key that was taken away', () => {
    const old = encodeToken(ordinary, using(new TokenKeyring([older])));
    expect(reasonFor(() => decodeToken(old, using(new TokenKeyring([newer])), 'orders-eu-1'))).toBe('unknown-key');
  });

  it('agrees with another one whose keys have another order and other names', () => {
    const token = encodeToken(ordinary, using(rotated));
    const other = new TokenKeyring([older, { ...newer, id: 'k2' }]);
    expect(told(decoded(token, using(other), 'orders-eu-1'))).toEqual(told(ordinary));
  });

  it('refuses a weak secret without showing it', () => {
    const weak = () => new TokenKeyring([newer, { id: 'weak', secret: 'hunter2' }]);
    expect(weak).toThrow(InvalidTokenSettingsError);
    expect(weak).toThrow('The secret of signing key "weak" has 7 characters, at least 32 are needed');
    expect(() => new TokenKeyring([])).toThrow('At least one signing key is needed');
  });
});
