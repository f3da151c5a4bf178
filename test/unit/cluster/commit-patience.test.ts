import { describe, expect, it } from 'vitest';
import { commitPatienceMs, maxCommitMs, maxCommitMsWithin } from '../../../src/cluster/commit-patience.ts';
import { source } from './problems/seen.ts';

const limits = { statementTimeoutMs: 1000, maxCommitMs: 15_000 };
const waiting = (variables: Readonly<Record<string, string>>, awaitsAcknowledgement = true) =>
  source({ variables, report: { awaitsAcknowledgement } });

describe('a commit is waited for', () => {
  it.each([
    [
      'as long as a statement if it waits for no replica',
      waiting({ rpl_semi_sync_master_timeout: '9000' }, false),
      3000,
    ],
    ['as long as MariaDB waits', waiting({ rpl_semi_sync_master_timeout: '9000' }), 11_000],
    ['as long as MySQL waits', waiting({ rpl_semi_sync_source_timeout: '9000' }), 11_000],
    ['as long as a statement where that is longer', waiting({ rpl_semi_sync_source_timeout: '10' }), 3000],
    ['as long as servers usually wait where this one does not say', waiting({}), 12_000],
    ['not for ever', waiting({ rpl_semi_sync_source_timeout: '1000000000000000000' }), 15_000],
    ['as long as a statement on a server that has not been seen', undefined, 3000],
  ] as const)('%s', (_, status, ms) => {
    expect(commitPatienceMs(status, limits)).toBe(ms);
  });
});

it('a commit is waited for at least as long as a statement, and so that its outcome is known before the request ends', () => {
  expect(maxCommitMs({ statementTimeoutMs: 60_000 })).toBe(62_000);
  expect(maxCommitMs({ statementTimeoutMs: 1000 })).toBe(15_000);
  expect(maxCommitMsWithin(15_000)).toBe(13_000);
});
