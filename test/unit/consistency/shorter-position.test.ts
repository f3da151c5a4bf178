import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SharedPast } from '../../../src/cluster/shared-past.ts';
import type { Position } from '../../../src/consistency/position.ts';
import { advanceSession, emptySession } from '../../../src/consistency/session.ts';
import { sharedBy } from '../../../src/consistency/shared-by.ts';
import { fittingToken, maxIssuedTokenLength } from '../../../src/consistency/token.ts';
import { TokenKeyring } from '../../../src/consistency/token-keyring.ts';
import { positions } from '../../../src/servers/known-flavours.ts';
import { parsePosition } from '../../support/positions.ts';
import { mariadbPosition, mysqlPosition } from './arbitrary-positions.ts';

const uuid = (index: number) => `00000000-0000-0000-0000-${String(index).padStart(12, '0')}`;
const source = uuid(1);
const mysql = (text: string) => parsePosition('mysql', text);
const mariadb = (text: string) => parsePosition('mariadb', text);

describe('what servers share', () => {
  it.each([
    ['mysql', [`${source}:1-10`, `${source}:1-4:8-20,${uuid(2)}:1`], `${source}:1-4:8-10`],
    ['mariadb', ['0-1-10,3-1-5', '0-2-7'], '0-2-7'],
  ] as const)('on %s is what all of them have', (flavour, texts, shared) => {
    expect(sharedBy(texts.map((text) => parsePosition(flavour, text)))?.format()).toBe(shared);
  });

  it('is included by each of them', () => {
    for (const position of [mysqlPosition, mariadbPosition] as fc.Arbitrary<Position>[]) {
      fc.assert(
        fc.property(fc.array(position, { minLength: 1, maxLength: 4 }), (many) => {
          const shared = sharedBy(many);
          expect(many.every((each) => shared !== null && each.includes(shared))).toBe(true);
        }),
      );
    }
  });

  it('is unknown without servers and for two flavours', () => {
    expect(sharedBy([])).toBeNull();
    expect(sharedBy([mysql(`${source}:1`), mariadb('0-1-1')])).toBeNull();
  });
});

describe('a position without it', () => {
  it.each([
    [
      'mysql',
      `${source}:1-10,${uuid(2)}:1-5:9,${uuid(3)}:4`,
      `${source}:1-10,${uuid(2)}:1-20`,
      `${source}:10,${uuid(3)}:4`,
    ],
    ['mysql', `${uuid(2)}:1-5`, `${source}:1-10,${uuid(2)}:1-20`, null],
    ['mysql', `${source}:tag:1-5`, `${source}:tag:1-7`, `${source}:tag:5`],
    ['mariadb', '0-1-10,2-7-5,3-8-9', '0-1-10,2-7-5,3-8-4', '0-1-10,3-8-9'],
    ['mariadb', '2-7-5', '2-7-5', null],
  ] as const)('on %s keeps the last of the source and what not all have: %s', (flavour, text, shared, rest) => {
    const writers = new Set(flavour === 'mysql' ? [source] : ['1']);
    const shorter = parsePosition(flavour, text).withoutShared(parsePosition(flavour, shared), writers);
    expect(shorter?.line() ?? null).toBe(rest);
  });

  it('is included by a server with the shared past exactly when the whole is', () => {
    for (const position of [mysqlPosition, mariadbPosition] as fc.Arbitrary<Position>[]) {
      fc.assert(
        fc.property(position, position, position, fc.nat({ max: 5 }), (whole, shared, more, chosen) => {
          const server = shared.merge(more);
          const text = whole.format();
          const names =
            whole.flavour === 'mysql'
              ? text.match(/[0-9a-f-]{36}/g)
              : [...text.matchAll(/-(\d+)-/g)].map((found) => found[1] ?? '');
          const writers = new Set(names?.slice(0, chosen) ?? []);
          const rest = whole.withoutShared(shared, writers);
          if (rest !== null) expect(server.includes(rest)).toBe(server.includes(whole));
        }),
        { numRuns: 500 },
      );
    }
  });
});

describe('a token', () => {
  const keyring = new TokenKeyring([{ id: 'a', secret: 'a secret of at least thirty-two characters' }]);
  const gone = Array.from({ length: 60 }, (_, index) => `${uuid(index + 10)}:1-50000:50010-900000`);
  const session = advanceSession(emptySession('c', 1), mysql([`${source}:1-77`, ...gone].join(',')), 5);
  const at = (name: string, text: string | null, seen = true) => ({
    node: { name },
    role: name === 'a' ? 'SOURCE' : 'REPLICA',
    state: 'HEALTHY',
    report: seen
      ? { identity: name === 'a' ? source : uuid(2), id: name === 'a' ? source : uuid(2), readOnly: name !== 'a' }
      : null,
    position: text === null ? null : mysql(text),
    writability: name === 'a' ? 'SESSION' : null,
  });
  const past = (...statuses: ReturnType<typeof at>[]) => {
    let now = statuses;
    const shared = new SharedPast(() => now as never);
    const lengthNow = () =>
      fittingToken(session, { keyring, positions }, ({ position }) => position && shared.shorter(position));
    return { lengthNow, becomes: (...next: ReturnType<typeof at>[]) => (now = next) };
  };
  const all = gone.join(',');

  it('of a long position goes without what every server has', () => {
    const { token, length } = past(at('a', `${source}:1-90,${all}`), at('b', `${source}:1-60,${all}`)).lengthNow();
    expect(length).toBe('SHORTENED');
    expect(token.length).toBeLessThan(200);
  });

  it('counts a server that is away with what it had, and knows nothing of one that was never seen', () => {
    const world = past(at('a', `${source}:1-90,${all}`), at('b', `${source}:1-60,${all}`));
    expect(world.lengthNow().length).toBe('SHORTENED');
    world.becomes(at('a', `${source}:1-90,${all}`), at('b', null, false));
    expect(world.lengthNow().length).toBe('SHORTENED');
    const unseen = past(at('a', `${source}:1-90,${all}`), at('b', null, false));
    expect(unseen.lengthNow()).toMatchObject({ length: 'LEFT_OUT' });
  });

  it('is no shorter where a server lacks what is old, and says so', () => {
    const { token, length } = past(at('a', `${source}:1-90,${all}`), at('b', `${source}:1-60`)).lengthNow();
    expect(length).toBe('LEFT_OUT');
    expect(token.length).toBeLessThan(maxIssuedTokenLength);
  });
});
