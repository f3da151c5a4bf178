import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DatabasePast } from '../../../src/consistency/database-past.ts';
import { BadConsistencyRequestError, InvalidConsistencyTokenError } from '../../../src/consistency/errors.ts';
import { joinOthers, maxPasts, type OtherPast, refuseTooManyPasts } from '../../../src/consistency/other-databases.ts';
import type { Flavour } from '../../../src/consistency/position.ts';
import { PositionCodec } from '../../../src/consistency/position-codec.ts';
import { resumeSession } from '../../../src/consistency/resume-session.ts';
import {
  advanceSession,
  emptySession,
  isEmptySession,
  mergeSessions,
  requireSource,
  type Session,
  withoutOthers,
} from '../../../src/consistency/session.ts';
import { decodeToken, encodeToken, fittingToken, maxIssuedTokenLength } from '../../../src/consistency/token.ts';
import { TokenKeyring } from '../../../src/consistency/token-keyring.ts';
import { positions } from '../../../src/servers/known-flavours.ts';
import { mariadbPositions } from '../../../src/servers/mariadb/positions.ts';
import { parsePosition } from '../../support/positions.ts';
import { mariadbPosition, mysqlPosition } from './arbitrary-positions.ts';

const keyring = new TokenKeyring([{ id: 'recorded', secret: 'a secret that signs what was recorded once' }]);
const format = { keyring, positions };
const atMs = 1_760_000_000_123;
const uuid = (digit: number) => `${String(digit).repeat(8)}-71ca-11e1-9e33-c80aa9429562`;

const seen = (clusterId: string, flavour: Flavour, text: string, epoch = 1): Session =>
  advanceSession(emptySession(clusterId, epoch), parsePosition(flavour, text), atMs);
const stock = (text: string, epoch = 1) => seen('stock', 'mariadb', text, epoch);
const sales = (text: string, epoch = 1) => seen('sales', 'mysql', text, epoch);

const encode = (session: Session) => encodeToken(session, format);
const decode = (token: string, clusterId: string, codec = positions) =>
  decodeToken(token, { keyring, positions: codec }, clusterId);
/** One call of a database's engine: everything that was brought, and then perhaps a step of its own. */
const answered = (clusterId: string, tokens: readonly string[], text: string | null = null, codec = positions) => {
  const sent = tokens.flatMap((token) => decode(token, clusterId, codec));
  const { session } = resumeSession(clusterId, sent, [{ epoch: 1, sourceId: 'a', endOfPrevious: null }]);
  const position = text === null ? null : parsePosition(clusterId === 'sales' ? 'mysql' : 'mariadb', text);
  const after = position === null ? session : advanceSession(session, position, atMs);
  return encodeToken(after, { keyring, positions: codec });
};
const told = ({ position, unread, ...past }: OtherPast) => ({
  ...past,
  ...(unread && { unread: unread.toString('hex') }),
  position: position?.format() ?? null,
});
/** Everything that a token says. */
const said = (token: string) => decode(token, 'nobody').flatMap(({ others = [] }) => others.map((past) => told(past)));

describe('a token of several databases', () => {
  it('gives each its own part, and hands on the others', () => {
    const both = answered('sales', [encode(stock('0-1-7'))], `${uuid(1)}:1-9`);
    const [own] = decode(both, 'sales');
    expect(own?.position?.format()).toBe(`${uuid(1)}:1-9`);
    expect(own?.others?.map(told)).toEqual([told(stock('0-1-7'))]);
    const [back] = decode(both, 'stock');
    expect(back?.position?.format()).toBe('0-1-7');
    expect(back?.others?.map(told)).toEqual([told(sales(`${uuid(1)}:1-9`))]);
  });

  it('is the same whichever of them was asked last', () => {
    const one = answered('sales', [encode(stock('0-1-7'))], `${uuid(1)}:1-9`);
    const other = answered('stock', [encode(sales(`${uuid(1)}:1-9`))], '0-1-7');
    expect(one).toBe(other);
    for (const database of ['stock', 'sales', 'staff']) expect(answered(database, [one])).toBe(one);
  });

  it('is handed back unchanged if its databases are unknown', () => {
    const token = encode(stock('0-1-7'));
    expect(decode(token, 'staff')).toEqual([{ ...emptySession('staff', 0), others: [expect.anything()] }]);
    expect(answered('staff', [token])).toBe(token);
    expect(resumeSession('staff', decode(token, 'staff'), []).ahead).toEqual([]);
  });

  it('keeps what it cannot read', () => {
    const onlyMariadb = new PositionCodec([mariadbPositions]);
    const token = encode(sales(`${uuid(1)}:1-9`));
    expect(answered('stock', [token], null, onlyMariadb)).toBe(token);
    const both = answered('stock', [token], '0-1-7', onlyMariadb);
    expect(both).toBe(answered('stock', [token], '0-1-7'));
    expect(answered('stock', [both], '0-1-8', onlyMariadb)).toBe(answered('stock', [both], '0-1-8'));
    expect(() => decode(both, 'sales', onlyMariadb)).toThrow(new InvalidConsistencyTokenError('malformed'));
  });

  it('keeps two that it cannot read side by side, for their owner to merge', () => {
    const onlyMariadb = new PositionCodec([mariadbPositions]);
    const tokens = [encode(sales(`${uuid(1)}:1-9`)), encode(sales(`${uuid(2)}:1-4`)), encode(sales(`${uuid(1)}:1-9`))];
    const kept = answered('stock', tokens, null, onlyMariadb);
    expect(
      decode(kept, 'sales')
        .map(({ position }) => position?.line())
        .sort(),
    ).toEqual([`${uuid(1)}:1-9`, `${uuid(2)}:1-4`]);
    const merged = resumeSession('sales', decode(kept, 'sales'), [{ epoch: 1, sourceId: 'a', endOfPrevious: null }]);
    expect(merged.session.position?.line()).toBe(`${uuid(1)}:1-9,${uuid(2)}:1-4`);
  });

  it('keeps those of two epochs apart: only the owner knows what has survived', () => {
    const end = parsePosition('mariadb', '0-1-5');
    const history = [
      { epoch: 1, sourceId: 'a', endOfPrevious: null },
      { epoch: 2, sourceId: 'b', endOfPrevious: end },
    ];
    const kept = answered('sales', [encode(stock('0-1-7')), encode(stock('0-2-6', 2))]);
    expect(decode(kept, 'stock')).toHaveLength(2);
    const { lost, session, healed } = resumeSession('stock', decode(kept, 'stock'), history);
    expect(lost.map(({ epoch }) => epoch)).toEqual([1]);
    expect(session.position?.format()).toBe('0-2-6');
    expect(healed.epoch).toBe(2);
  });

  it('merges what several tokens say, for each database by itself', () => {
    const first = answered('sales', [encode(stock('0-1-7'))], `${uuid(1)}:1-9`);
    const second = answered('stock', [encode(sales(`${uuid(2)}:1-3`))], '0-1-9');
    const third = encode(requireSource(seen('staff', 'mariadb', '0-5-5')));
    const merged = answered('staff', [first, second, third]);
    expect(said(merged)).toEqual([
      { ...told(sales(`${uuid(1)}:1-9`)), position: `${uuid(1)}:1-9,\n${uuid(2)}:1-3` },
      told(requireSource(seen('staff', 'mariadb', '0-5-5'))),
      told(stock('0-1-9')),
    ]);
    expect(answered('nobody', [third, second, first])).toBe(merged);
  });

  it('brings the rest along when it names a write that was lost', () => {
    const both = answered('sales', [encode(stock('0-1-7'))], `${uuid(1)}:1-9`);
    const history = [
      { epoch: 1, sourceId: 'a', endOfPrevious: null },
      { epoch: 2, sourceId: 'b', endOfPrevious: parsePosition('mysql', `${uuid(1)}:1-4`) },
    ];
    const { lost, healed } = resumeSession('sales', decode(both, 'sales'), history);
    expect(lost).toHaveLength(1);
    expect(said(encode(healed))).toMatchObject([{ clusterId: 'sales', epoch: 2 }, told(stock('0-1-7'))]);
  });

  it('keeps the others through every step of a session', () => {
    const [session = expect.unreachable()] = decode(encode(stock('0-1-7')), 'sales');
    const step = advanceSession(requireSource(session), parsePosition('mysql', `${uuid(1)}:1`), atMs);
    expect(step.others).toBe(session.others);
    expect(mergeSessions({ ...step, epoch: 0 }, emptySession('sales', 0)).others).toBe(session.others);
    expect([isEmptySession(session), isEmptySession(withoutOthers(session))]).toEqual([false, true]);
    expect(withoutOthers(step)).toEqual({ ...step, others: undefined });
    const own = emptySession('sales', 1);
    expect(withoutOthers(own)).toBe(own);
  });

  it('of whatever databases says the same there and back, in any order of merging', () => {
    const past = fc.record({
      clusterId: fc.constantFrom('a', 'b', 'c'),
      epoch: fc.integer({ min: 1, max: 2 }),
      position: fc.option(fc.oneof(mysqlPosition, mariadbPosition), { nil: null }),
      issuedAtMs: fc.nat(20),
      requiresSource: fc.boolean(),
    });
    const aPast = past.filter(({ position, requiresSource }) => position !== null || requiresSource);
    const aSession = fc.record({ own: aPast, others: fc.array(aPast, { maxLength: 4 }) }).map(({ own, others }) => {
      const foreign = others.filter(({ clusterId }) => clusterId !== own.clusterId);
      const joined = foreign.reduce<ReturnType<typeof joinOthers>>((all, one) => joinOthers(all, [one]), undefined);
      return { ...own, ...(joined && { others: joined }) } satisfies Session;
    });
    fc.assert(
      fc.property(aSession, (session) => {
        const token = encode(session);
        expect(
          decode(token, session.clusterId).map(({ others = [], ...own }) => [told(own), others.map(told)]),
        ).toEqual([[told(withoutOthers(session)), (session.others ?? []).map(told)]]);
        for (const database of ['a', 'b', 'c', 'd']) {
          const [first = expect.unreachable(), ...more] = decode(token, database);
          if (more.length === 0) expect(encode(first)).toBe(token);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('how long a token of several is', () => {
  const ordinary: readonly [Flavour, string][] = [
    ['mariadb', '0-1-18446744073709551615,1-2-18446744073709551615,2-4294967295-18446744073709551615'],
    ['mysql', `${uuid(1)}:1-9223372036854775806,${uuid(2)}:1-9223372036854775806`],
    ['mysql', `${uuid(1)}:1-3:1000003-1000200:2000003,${uuid(2)}:1-77:deploys:1-12`],
  ];
  const of = (count: number, [flavour, text]: readonly [Flavour, string]): Session => {
    const [own = expect.unreachable(), ...others] = Array.from({ length: count }, (_, index) =>
      seen(`orders-eu-${index}`, flavour, text, 300),
    );
    return others.length === 0 ? own : { ...own, others };
  };

  it.each(ordinary)('is ordinary: %s %s', (...position) => {
    expect(encode(of(1, position)).length).toBeLessThan(300);
    expect(encode(of(3, position)).length).toBeLessThan(600);
  });

  const long = (clusterId: string, intervals: number) =>
    seen(clusterId, 'mysql', `${uuid(1)}:${Array.from({ length: intervals }, (_, at) => at * 7 + 1).join(':')}`);

  it('is cut by the longest positions alone, whose databases are read from their sources', () => {
    const session: Session = { ...stock('0-1-7'), others: [long('longer', 700), long('short', 30)] };
    const { token, length } = fittingToken(session, format);
    expect(length).toBe('LEFT_OUT');
    expect(said(token)).toEqual([
      { clusterId: 'longer', epoch: 1, issuedAtMs: atMs, position: null, requiresSource: true },
      told(long('short', 30)),
      told(stock('0-1-7')),
    ]);
  });

  it('has room for the names of as many databases as it may hold', () => {
    const name = (index: number) => `${String(index).padStart(2, '0')}-${'ä'.repeat(30)}`;
    const others = Array.from({ length: maxPasts - 1 }, (_, index) => ({
      ...long(name(index), 400),
      epoch: Number.MAX_SAFE_INTEGER,
      issuedAtMs: Number.MAX_SAFE_INTEGER,
    }));
    const { token } = fittingToken({ ...long('zz', 400), others }, format);
    expect(token.length).toBeLessThanOrEqual(maxIssuedTokenLength);
    expect(said(token)).toHaveLength(maxPasts);
  });

  it('is refused before it is made for more databases than it may hold', () => {
    const others = Array.from({ length: maxPasts }, (_, index) => seen(`d${index}`, 'mariadb', '0-1-1'));
    expect(() => refuseTooManyPasts({ others: others.slice(1) })).not.toThrow();
    expect(() => refuseTooManyPasts({})).not.toThrow();
    expect(() => refuseTooManyPasts({ others })).toThrow(BadConsistencyRequestError);
    expect(() => refuseTooManyPasts({ others })).toThrow('name 13 databases, at most 12 fit into one');
  });
});

describe('what tokens have looked like since there are several databases', () => {
  /** Recorded, and never to be recorded anew: tokens outlive releases. */
  const recorded =
    'AgwvdO4DBXNhbGVzHgAD-4CzwZwzAQERERERccoR4Z4zyAqpQpViAAEBCAVzdGFmZg4BAfuAs8GcMwIBAgmsAgVzdG9jaw0AAfuAs8GcMwIBAAEHWgGtgRnCq8DNhfIclhSn2w';

  it('is read and written for ever', () => {
    const session: Session = {
      ...sales(`${uuid(1)}:1-9`, 3),
      others: [requireSource(seen('staff', 'mariadb', '2-9-300')), stock('0-1-7')],
    };
    expect(encode(session)).toBe(recorded);
    expect(decode(recorded, 'sales').map(({ others = [], ...own }) => [told(own), others.map(told)])).toEqual([
      [
        told(sales(`${uuid(1)}:1-9`, 3)),
        [told(requireSource(seen('staff', 'mariadb', '2-9-300'))), told(stock('0-1-7'))],
      ],
    ]);
  });

  it.each([0, 3, 255])('is refused as from an unknown release if it begins with %d', (version) => {
    const bytes = Buffer.from(recorded, 'base64url');
    bytes.writeUInt8(version, 0);
    expect(() => decode(bytes.toString('base64url'), 'sales')).toThrow(
      new InvalidConsistencyTokenError('unknown-version'),
    );
  });

  it('is refused whatever byte of it is changed', () => {
    const bytes = Buffer.from(recorded, 'base64url');
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(index) ^ 1, index);
      expect(() => decode(changed.toString('base64url'), 'sales')).toThrow(InvalidConsistencyTokenError);
    }
  });

  it.each([
    ['no database', [0]],
    ['more than there is', [2, 1, 97, 4, 0, 1, 0, 0]],
    ['a length that reaches beyond', [1, 1, 97, 99, 0, 1, 0, 0]],
    ['bytes behind the last', [1, 1, 97, 4, 0, 1, 0, 0, 7]],
  ])('is refused as malformed when it was signed and names %s', (_, said) => {
    const body = Buffer.concat([Buffer.from([2]), keyring.signingKeyId, Buffer.from(said)]);
    const token = Buffer.concat([body, keyring.sign(body)]).toString('base64url');
    expect(() => decode(token, 'sales')).toThrow(new InvalidConsistencyTokenError('malformed'));
  });

  it('keeps a part that names nothing readable, byte by byte', () => {
    const moment: Omit<DatabasePast, 'position'> = { clusterId: 'x', epoch: 1, issuedAtMs: 0, requiresSource: false };
    const past: OtherPast = { ...moment, position: null, unread: Buffer.from([200, 1, 2, 3]) };
    const token = encode({ ...stock('0-1-7'), others: [past] });
    expect(said(token)).toEqual([told(stock('0-1-7')), told(past)]);
    expect(answered('stock', [token, token])).toBe(token);
  });
});
