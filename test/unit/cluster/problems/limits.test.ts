import { describe, expect, it } from 'vitest';
import { findProblems } from '../../../../src/cluster/problems/find-problems.ts';
import { replica, source } from './seen.ts';

const codes = (...snapshot: Parameters<typeof findProblems>[0]) => findProblems(snapshot).map(({ code }) => code);

describe('a commit that may wait', () => {
  const waiting = (ms: string, awaitsAcknowledgement = true) =>
    source({ variables: { rpl_semi_sync_master_timeout: ms }, report: { awaitsAcknowledgement } });

  it.each([
    ['2000', true, []],
    ['13000', true, []],
    ['13001', true, ['DEADLINES_CONTRADICT']],
    ['1000000000', false, []],
  ] as const)('for %s ms, waiting at all: %s', (ms, waits, found) => {
    expect(codes(waiting(ms, waits), replica())).toEqual(found);
  });

  it('is named with the variable and what mends it', () => {
    expect(findProblems([waiting('60000'), replica()])).toMatchObject([
      {
        node: 'source',
        variable: 'rpl_semi_sync_master_timeout',
        value: '60000',
        cure: 'SET GLOBAL rpl_semi_sync_master_timeout = 13000, or less; or set REQUEST_TIMEOUT_MS to 64000 or more',
      },
    ]);
  });
});

it.each([
  ['13000', []],
  ['13200', ['PREPARED_STATEMENTS_NEAR_LIMIT']],
] as const)('%s prepared statements of 16382: %j', (now, found) => {
  const variables = { max_prepared_stmt_count: '16382', Prepared_stmt_count: now };
  expect(codes(source(), replica({ variables }))).toEqual(found);
});

describe('a server that cannot serve', () => {
  const missing = { kind: 'TABLE_MISSING', table: 'orders', code: 'ER_NO_SUCH_TABLE', cure: null } as const;
  it('because no server has the table is not migrated', () => {
    const unable = { report: { unable: [missing] } };
    expect(findProblems([source(unable), replica(unable)])).toMatchObject([
      { code: 'NOT_MIGRATED', node: 'source', cure: 'npm run migrate' },
      { code: 'NOT_MIGRATED', node: 'replica-1', cure: 'npm run migrate' },
    ]);
  });

  it('because it alone lacks the table is named as such', () => {
    const [problem] = findProblems([source(), replica({ report: { unable: [missing] } })]);
    expect(problem).toMatchObject({ code: 'TABLE_MISSING', node: 'replica-1' });
    expect(problem?.message).toBe(
      'replica-1 has no table orders as this version needs it (ER_NO_SUCH_TABLE), though source has: it serves no reads',
    );
  });

  it('whose replication the account may not see is named, but not if there is no replica', () => {
    const blind = { report: { missingRights: ['SLAVE MONITOR'] } };
    expect(codes(source(blind))).toEqual([]);
    expect(findProblems([source(), replica(blind)])).toMatchObject([
      { code: 'RIGHT_MISSING', node: 'replica-1', cure: expect.stringContaining('GRANT SLAVE MONITOR ON *.*') },
      { code: 'REPLICATION_UNSEEN', node: 'replica-1' },
    ]);
  });
});
