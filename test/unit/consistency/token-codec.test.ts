import { describe, expect, it } from 'vitest';
import { InvalidConsistencyTokenError, InvalidTokenSettingsError } from '../../../src/consistency/errors.ts';
import { advanceSession, emptySession, type Session } from '../../../src/consistency/session.ts';
import { clockToleranceMs, encodeToken } from '../../../src/consistency/token.ts';
import { TokenCodec } from '../../../src/consistency/token-codec.ts';
import { TokenKeyring } from '../../../src/consistency/token-keyring.ts';
import { positions } from '../../../src/servers/known-flavours.ts';
import { MariadbGtidPosition } from '../../../src/servers/mariadb/gtid-position.ts';
import { MysqlGtidSet } from '../../../src/servers/mysql/gtid-set.ts';

const keyring = new TokenKeyring([{ id: 'a', secret: 'a secret of at least thirty-two characters' }]);
const nowMs = 1_793_000_000_000;
const codec = (rememberedTokens = 3) =>
  new TokenCodec({ keyring, positions, clusterId: 'orders', flavour: () => 'mariadb', rememberedTokens });
const sessionAt = (number: number) =>
  advanceSession(emptySession('orders', 1), MariadbGtidPosition.parse(`0-1-${number}`), nowMs);

const only = ([session]: readonly Session[]): Session => {
  if (session === undefined) throw new Error('A token says something');
  return session;
};
const told = (session: Session) => ({ ...session, position: session.position?.format() ?? null });

describe('a token codec', () => {
  it('hands back the same session for the same token', () => {
    const tokens = codec();
    const token = tokens.encode(sessionAt(1));
    expect(tokens.decode(token, nowMs)).toBe(tokens.decode(token, nowMs));
  });

  it('gives equal sessions the same token', () => {
    const tokens = codec();
    const session = sessionAt(1);
    expect(tokens.encode(session)).toBe(tokens.encode(session));
    expect(tokens.encode(sessionAt(1))).toBe(tokens.encode(session));
    expect(codec().encode(session)).toBe(tokens.encode(session));
  });

  it('reads what it has made itself without verifying it, and nothing of another cluster', () => {
    const tokens = codec();
    const session = sessionAt(1);
    expect(tokens.decode(tokens.encode(session), nowMs)[0]).toBe(session);
    const foreign = advanceSession(emptySession('billing', 1), MariadbGtidPosition.parse('0-1-1'), nowMs);
    expect(tokens.decode(tokens.encode(foreign), nowMs)).toEqual([{ ...emptySession('orders', 0), others: [foreign] }]);
  });

  it('reads what another process has written', () => {
    expect(told(only(codec().decode(codec().encode(sessionAt(7)), nowMs)))).toEqual(told(sessionAt(7)));
  });

  it('forgets the token that was not used for longest', () => {
    const tokens = codec(2);
    const [one, two, three] = [1, 2, 3].map((number) => tokens.encode(sessionAt(number))) as [string, string, string];
    const first = tokens.decode(one, nowMs);
    const second = tokens.decode(two, nowMs);
    expect(tokens.decode(one, nowMs)).toBe(first);
    tokens.decode(three, nowMs);
    expect(tokens.decode(one, nowMs)).toBe(first);
    expect(tokens.decode(two, nowMs)).not.toBe(second);
    expect(told(only(tokens.decode(two, nowMs)))).toEqual(told(only(second)));
  });

  it('judges the time of a remembered token anew', () => {
    const tokens = codec();
    const token = tokens.encode(sessionAt(1));
    tokens.decode(token, nowMs);
    expect(() => tokens.decode(token, nowMs - clockToleranceMs - 1)).toThrow(InvalidConsistencyTokenError);
  });

  it('refuses tokens of the other flavour, each time', () => {
    const tokens = codec();
    const position = MysqlGtidSet.parse('3e11fa47-71ca-11e1-9e33-c80aa9429562:1');
    const mysql = encodeToken(advanceSession(emptySession('orders', 1), position, nowMs), { keyring, positions });
    for (const token of [mysql, mysql]) {
      expect(() => tokens.decode(token, nowMs)).toThrow(InvalidConsistencyTokenError);
    }
  });

  it('refuses a cluster id that would not fit a token', () => {
    for (const clusterId of ['', 'x'.repeat(65)]) {
      expect(() => new TokenCodec({ keyring, positions, clusterId, flavour: () => 'mysql' })).toThrow(
        InvalidTokenSettingsError,
      );
    }
  });
});
