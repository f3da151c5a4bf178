/**
 * Compares positions with the servers' own functions: `GTID_SUBSET` and `GTID_SUBTRACT` on MySQL (8.3 or later, for tags),
 * `MASTER_GTID_WAIT` with no time to wait on MariaDB. Random texts are written as carelessly as servers allow.
 */
import fc from 'fast-check';
import type { Connection } from 'mariadb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MalformedPositionError } from '../../src/consistency/errors.ts';
import { MysqlGtidSet } from '../../src/servers/mysql/gtid-set.ts';
import { parsePosition } from '../support/positions.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';
import mariadbInclusion from '../tables/mariadb-gtid-inclusion.json' with { type: 'json' };
import mariadbTexts from '../tables/mariadb-gtid-text.json' with { type: 'json' };
import mysqlInclusion from '../tables/mysql-gtid-inclusion.json' with { type: 'json' };
import mysqlTexts from '../tables/mysql-gtid-text.json' with { type: 'json' };
import {
  carelessMariadbText,
  carelessMysqlText,
  mariadbText,
  mysqlText,
  nearMariadbText,
  nearMysqlText,
} from '../unit/consistency/arbitrary-positions.ts';

const flavour = process.env.TIDEMARK_TEST_FLAVOUR === 'mysql' ? 'mysql' : 'mariadb';
const patienceMs = 120_000;

let cluster: TestCluster;
let admin: Connection;

beforeAll(async () => {
  cluster = await startTestCluster({ flavour, replicas: 0, backup: false, redis: false });
  admin = await cluster.admin('source');
}, patienceMs);

afterAll(async () => {
  await admin?.end();
  await cluster?.stop();
}, patienceMs);

/** Answers of one expression, asked for every row of arguments in a single statement. */
async function ask(expression: string, rows: readonly (readonly string[])[]): Promise<string[]> {
  const columns = rows.map((_, index) => `${expression} AS c${index}`).join(', ');
  const [answer] = await admin.query<Record<string, unknown>[]>(`SELECT ${columns}`, rows.flat());
  return rows.map((_, index) => String(answer?.[`c${index}`]));
}

/** What the server makes of a text, `null` when it refuses it for being no position. */
async function accepted(read: Promise<string>, refusals: readonly number[]): Promise<string | null> {
  try {
    return await read;
  } catch (error) {
    if (refusals.includes((error as { errno?: number }).errno ?? 0)) return null;
    throw error;
  }
}

function formatted(text: string): string | null {
  try {
    return parsePosition(flavour, text).format();
  } catch (error) {
    if (error instanceof MalformedPositionError) return null;
    throw error;
  }
}

const check = <T>(arbitrary: fc.Arbitrary<T>, numRuns: number, law: (value: T) => Promise<void>) =>
  fc.assert(fc.asyncProperty(arbitrary, law), { numRuns, endOnFailure: true });

if (flavour === 'mysql') {
  const pair = mysqlText.chain((outer) => fc.tuple(nearMysqlText(outer), fc.constant(outer)));
  const pairs = fc.array(pair, { minLength: 60, maxLength: 60 });
  const normalised = async (text: string) => String((await ask(`GTID_SUBTRACT(?, '')`, [[text]]))[0]);
  const malformed = [1772];

  describe('MySQL GTID sets, compared with the server', () => {
    it(
      'include each other as GTID_SUBSET says, 6,000 pairs',
      () =>
        check(pairs, 100, async (sample) => {
          const answers = await ask('GTID_SUBSET(?, ?)', sample);
          const ours = sample.map(([inner, outer]) => MysqlGtidSet.parse(outer).includes(MysqlGtidSet.parse(inner)));
          expect(ours.map(Number).map(String)).toEqual(answers);
        }),
      patienceMs,
    );

    it(
      'subtract and print as GTID_SUBTRACT does, 3,000 pairs',
      () =>
        check(pairs, 50, async (sample) => {
          const answers = await ask(
            'GTID_SUBTRACT(?, ?)',
            sample.map(([a, b]) => [b, a]),
          );
          expect(sample.map(([b, a]) => MysqlGtidSet.parse(a).minus(MysqlGtidSet.parse(b)).format())).toEqual(answers);
        }),
      patienceMs,
    );

    it(
      'merge as the server reads both in one text, 3,000 pairs',
      () =>
        check(pairs, 50, async (sample) => {
          const answers = await ask(`GTID_SUBTRACT(CONCAT(?, ',', ?), '')`, sample);
          expect(sample.map(([a, b]) => MysqlGtidSet.parse(a).merge(MysqlGtidSet.parse(b)).format())).toEqual(answers);
        }),
      patienceMs,
    );

    it(
      'are read and refused as the server does, 3,000 careless texts',
      () =>
        check(carelessMysqlText, 3_000, async (text) => {
          expect(formatted(text)).toBe(await accepted(normalised(text), malformed));
        }),
      patienceMs,
    );

    it.each(mysqlInclusion)('agree with the table: $title', async ({ outer, inner, includes }) => {
      expect(await ask('GTID_SUBSET(?, ?)', [[inner, outer]])).toEqual([includes ? '1' : '0']);
    });

    it.each(mysqlTexts)('agree with the table: $text is $format', async ({ text, format }) => {
      expect(await accepted(normalised(text), malformed)).toBe(format);
    });
  });
} else {
  const sample = mariadbText.chain((held) =>
    fc.tuple(fc.constant(held), fc.array(nearMariadbText(held), { minLength: 40, maxLength: 40 })),
  );
  const malformedOrTwice = [1941, 1943];
  // Number 0, which no transaction has, is kept by the server's text and dropped by ours.
  const withoutZeros = (text: string) => text.replaceAll(/(?:^|,)\d+-\d+-0(?=,|$)/g, '').replace(/^,/, '');
  const stand = async (text: string): Promise<string> => {
    await admin.query('SET GLOBAL gtid_slave_pos = ?', [text]);
    return withoutZeros(String((await ask('@@GLOBAL.gtid_slave_pos', [[]]))[0]));
  };

  describe('MariaDB GTID positions, compared with the server', () => {
    // The server has transactions of its own, and strict mode would forbid standing before them.
    beforeAll(async () => {
      await admin.query('SET GLOBAL gtid_strict_mode = 0');
    });

    it(
      'include each other as MASTER_GTID_WAIT says, 6,000 pairs',
      () =>
        check(sample, 150, async ([held, wanted]) => {
          await stand(held);
          const answers = await ask(
            'MASTER_GTID_WAIT(?, 0)',
            wanted.map((text) => [text]),
          );
          const outer = parsePosition('mariadb', held);
          const ours = wanted.map((text) => (outer.includes(parsePosition('mariadb', text)) ? '0' : '-1'));
          expect(ours).toEqual(answers);
        }),
      patienceMs,
    );

    it(
      'are printed as the server does, 1,000 texts',
      () =>
        check(mariadbText, 1_000, async (text) => {
          expect(formatted(text)).toBe(await stand(text));
        }),
      patienceMs,
    );

    it(
      'are read and refused as the server does, 3,000 careless texts',
      () =>
        check(carelessMariadbText, 3_000, async (text) => {
          expect(formatted(text)).toBe(await accepted(stand(text), malformedOrTwice));
        }),
      patienceMs,
    );

    it.each(mariadbInclusion)('agree with the table: $title', async ({ outer, inner, includes }) => {
      await stand(outer);
      expect(await ask('MASTER_GTID_WAIT(?, 0)', [[inner]])).toEqual([includes ? '0' : '-1']);
    });

    it.each(mariadbTexts)('agree with the table: $text is $format', async ({ text, format }) => {
      expect(await accepted(stand(text), malformedOrTwice)).toBe(format);
    });
  });
}
