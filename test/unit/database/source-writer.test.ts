import { describe, expect, it } from 'vitest';
import {
  OverloadedError,
  StatementTimeoutError,
  WriteContendedError,
  WriteIndeterminateError,
} from '../../../src/database/errors.ts';
import { DatabaseScope } from '../../../src/database/session/database-scope.ts';
import type { Settled } from '../../../src/database/write/commit-settlement.ts';
import { SourceWriter } from '../../../src/database/write/source-writer.ts';
import type { CommitState } from '../../../src/database/write/write-capture.ts';
import { SourceUnavailableError } from '../../../src/routing/errors.ts';
import type { DriverFault } from '../../../src/servers/driver-fault.ts';
import { at } from '../../support/scripted-probe.ts';
import { TickingClock } from '../../support/ticking-clock.ts';

/** What one try of a transaction meets below Prisma. */
type Try = {
  fault?: DriverFault;
  state?: CommitState;
  error?: Error;
  takesMs?: number;
  positionUnknown?: boolean;
  told?: 'UNNUMBERED' | 'UNLOGGED';
};

type Circumstances = { isThere?: boolean; blind?: boolean; settled?: Settled['outcome'] };

function setUp(
  tries: Try[],
  observe = async () => at(9),
  { isThere = false, blind = false, settled = 'UNKNOWN' }: Circumstances = {},
) {
  const clock = new TickingClock();
  const scope = new DatabaseScope('orders');
  const untold: string[] = [];
  let attempts = 0;
  const writer = new SourceWriter<null>({
    clock,
    scope,
    random: () => 0.5,
    observe,
    busy: () => () => undefined,
    refused: () => undefined,
    isThere: async () => isThere,
    settle: async (node) => ({ outcome: settled, node }),
    untold: (node, why) => untold.push(`${node} ${why}`),
    isBlind: () => blind,
    known: () => at(1),
    maxWaitMs: 2000,
    timeoutMs: 5000,
    source: () => ({
      node: 'source',
      client: {
        $transaction: async (work) => {
          const { fault = null, state, error, takesMs = 0, positionUnknown = false, told } = tries[attempts++] ?? {};
          const { capture } = scope;
          if (capture === null) throw new Error('the work runs outside of its capture');
          const value = await work(null);
          if (takesMs > 0) await clock.sleep(takesMs);
          capture.fault = fault;
          capture.appended += 3;
          capture.positionUnknown = positionUnknown;
          capture.untold = told ?? null;
          if (fault !== null || error !== undefined) {
            capture.state = state ?? 'OPEN';
            capture.proof = { writer: '1', number: 1, thread: 7, openSinceMs: 0 };
            capture.commitSentMs = clock.monotonic();
            throw error ?? new Error("in Prisma's words");
          }
          capture.committed(positionUnknown || told !== undefined ? null : at(7));
          return value;
        },
      },
    }),
  });
  const write = async (work: () => Promise<unknown> = async () => 'value') => {
    const outcome = writer.write(work).then(
      (committed) => committed,
      (error: unknown) => error,
    );
    await clock.tick(60_000);
    return outcome;
  };
  return { clock, write, untold, attempts: () => attempts };
}

describe('a write', () => {
  it('is given up when its time is over, and nothing of it is written', async () => {
    const { write, attempts } = setUp([]);
    const error = await write(() => new Promise(() => undefined));
    expect(error).toBeInstanceOf(StatementTimeoutError);
    expect(attempts()).toBe(1);
  });

  it('answers with what it made and where it is', async () => {
    expect(await setUp([]).write()).toMatchObject({ value: 'value', position: at(7), appended: 3 });
  });

  it('is tried again after a deadlock and after a lock that was not had', async () => {
    const { write, attempts, clock } = setUp([{ fault: 'DEADLOCK' }, { fault: 'LOCK_TIMEOUT' }, {}]);
    expect(await write()).toMatchObject({ value: 'value', appended: 3 });
    expect([attempts(), clock.timers]).toEqual([3, 0]);
  });

  it('is given up after some tries', async () => {
    const { write, attempts } = setUp(Array.from({ length: 20 }, () => ({ fault: 'DEADLOCK' as const })));
    expect(await write()).toBeInstanceOf(WriteContendedError);
    expect(attempts()).toBe(5);
  });

  it('is given up when its time is over', async () => {
    const slow = { fault: 'LOCK_TIMEOUT', takesMs: 3000 } as const;
    const { write, attempts } = setUp([slow, slow, slow, slow]);
    expect(await write()).toMatchObject({ code: 'WRITE_CONTENDED', facts: { attempts: 2 } });
    expect(attempts()).toBe(2);
  });

  it.each([
    ['lost before the commit', { fault: 'CONNECTION' }, SourceUnavailableError],
    ['refused by a server that is read-only now', { fault: 'READ_ONLY' }, SourceUnavailableError],
    ['lost in the commit', { fault: 'CONNECTION', state: 'COMMITTING' }, WriteIndeterminateError],
    [
      'refused by the commit in a way that is not understood',
      { fault: 'OTHER', state: 'COMMITTING' },
      WriteIndeterminateError,
    ],
    ['timed out in the commit', { fault: 'STATEMENT_TIMEOUT', state: 'COMMITTING' }, WriteIndeterminateError],
    ['lost after the commit', { fault: 'CONNECTION', state: 'COMMITTED' }, WriteIndeterminateError],
    ['without a connection', { fault: 'EXHAUSTED' }, OverloadedError],
    ['too slow for the server', { fault: 'STATEMENT_TIMEOUT' }, StatementTimeoutError],
    ['too slow for Prisma', { error: Object.assign(new Error('expired'), { code: 'P2028' }) }, StatementTimeoutError],
  ] as [string, Try, new (...given: never[]) => Error][])('%s', async (_, once, type) => {
    const { write, attempts } = setUp([once]);
    const error = await write();
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject({ retryable: true });
    expect(String(error)).not.toContain('Prisma');
    expect(attempts()).toBe(1);
  });

  it('is not tried again when a part of it is committed', async () => {
    const { write, attempts } = setUp([{ fault: 'DEADLOCK', state: 'COMMITTED' }]);
    expect(await write()).toBeInstanceOf(WriteIndeterminateError);
    expect(attempts()).toBe(1);
  });

  it('that refuses itself fails with its own error', async () => {
    class MineError extends Error {}
    const { write } = setUp([]);
    expect(
      await write(() => {
        throw new MineError();
      }),
    ).toBeInstanceOf(MineError);
  });

  it('whose position was not told asks the source for one that includes it', async () => {
    const committed = await setUp([{ positionUnknown: true }]).write();
    expect(committed).toMatchObject({ value: 'value', position: at(9), includesItsReads: true });
  });

  it('whose position is unknown is indeterminate', async () => {
    const { write } = setUp([{ positionUnknown: true }], () => Promise.reject(new Error('does not answer')));
    expect(await write()).toBeInstanceOf(WriteIndeterminateError);
  });
});

describe('a write of which the outcome is not told', () => {
  const lost = { fault: 'CONNECTION', state: 'COMMITTING' } as const;

  it('and that turns out to be committed answers with what it made and a position that includes it', async () => {
    const { write, attempts } = setUp([lost], undefined, { settled: 'COMMITTED' });
    expect(await write()).toMatchObject({ value: 'value', position: at(9), includesItsReads: true, appended: 3 });
    expect(attempts()).toBe(1);
  });

  it('and that turns out to be rolled back is run again where the source is there', async () => {
    const { write, attempts } = setUp([lost, {}], undefined, { settled: 'ROLLED_BACK', isThere: true });
    expect(await write()).toMatchObject({ value: 'value', position: at(7) });
    expect(attempts()).toBe(2);
  });

  it.each([
    ['CONNECTION', 'SOURCE_UNAVAILABLE'],
    ['COMMIT_OVERDUE', 'STATEMENT_TIMEOUT'],
  ] as const)('and that turns out to be rolled back after %s has written nothing: %s', async (fault, code) => {
    const { write } = setUp([{ fault, state: 'COMMITTING' }], undefined, { settled: 'ROLLED_BACK' });
    expect(await write()).toMatchObject({ code, retryable: true });
  });

  it.each(['CONNECTION', 'COMMIT_OVERDUE', 'LEFT_GROUP', 'OTHER'] as const)(
    'whose outcome cannot be determined after %s is indeterminate',
    async (fault) => {
      const { write, attempts } = setUp([{ fault, state: 'COMMITTING' }], undefined, { isThere: true });
      expect(await write()).toBeInstanceOf(WriteIndeterminateError);
      expect(attempts()).toBe(1);
    },
  );
});

describe('a write that no position tells of', () => {
  it.each(['UNNUMBERED', 'UNLOGGED'] as const)(
    'because it is %s is on the source, and the cluster hears of it',
    async (told) => {
      const { write, untold } = setUp([{ told }]);
      expect(await write()).toMatchObject({
        value: 'value',
        position: null,
        onlyOnSource: true,
        includesItsReads: false,
        appended: 3,
      });
      expect(untold).toEqual([`source ${told}`]);
    },
  );

  it('is one whose position was not told, on a source whose positions say nothing', async () => {
    const { write } = setUp([{ positionUnknown: true }], undefined, { blind: true });
    expect(await write()).toMatchObject({ position: null, onlyOnSource: true });
  });
});
