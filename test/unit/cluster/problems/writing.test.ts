import { describe, expect, it } from 'vitest';
import { clusterHealth } from '../../../../src/cluster/cluster-health.ts';
import { findProblems } from '../../../../src/cluster/problems/find-problems.ts';
import type { WriteFault } from '../../../../src/cluster/write-fault.ts';
import { replica, source } from './seen.ts';

const fault: WriteFault = {
  kind: 'RIGHT_MISSING',
  table: 'orders',
  rights: ['INSERT', 'DELETE'],
  code: 'ER_TABLEACCESS_DENIED_ERROR',
  without: ['no order is created', 'no order is deleted'],
  stops: true,
  cure: 'GRANT INSERT, DELETE ON `orders`.`orders` TO the account in its URL',
};
const lacking = (given: Partial<WriteFault> = {}) => ({ report: { unwritable: [{ ...fault, ...given }] } });

describe('a source that cannot write all that it is there for', () => {
  it('is named with the rights, with what does not happen, and with the grant', () => {
    expect(findProblems([source(lacking()), replica()])).toEqual([
      {
        code: 'RIGHT_MISSING',
        node: 'source',
        message:
          'source does not let the account write to orders: INSERT, DELETE missing (ER_TABLEACCESS_DENIED_ERROR): no order is created, and no order is deleted',
        variable: null,
        value: null,
        cure: fault.cure,
      },
    ]);
  });

  it.each<[string, Partial<WriteFault>, string, boolean]>([
    ['takes no orders without a right that each needs', {}, 'DOWN', false],
    ['takes them without another one', { stops: false }, 'DEGRADED', true],
    ['takes none without the table', { kind: 'TABLE_MISSING', cure: null }, 'DOWN', false],
  ])('%s', (_, given, verdict, writes) => {
    expect(clusterHealth([source(lacking(given)), replica()], 0)).toMatchObject({ verdict, writes, reads: true });
  });

  it.each<[string, Partial<WriteFault>, string, string | null]>([
    [
      'a table that only writes need',
      { kind: 'TABLE_MISSING', table: 'outbox', cure: null },
      'NOT_MIGRATED',
      'npm run migrate',
    ],
    ['a table that is broken', { kind: 'TABLE_BROKEN', table: 'outbox', cure: null }, 'TABLE_BROKEN', null],
  ])('for want of %s', (_, given, code, cure) => {
    expect(findProblems([source(lacking(given)), replica()])).toMatchObject([{ code, cure }]);
  });

  it('is named once where the table cannot be read either', () => {
    const unable = [{ kind: 'TABLE_MISSING', table: 'orders', code: null, cure: null }] as const;
    const report = { unable, ...lacking({ kind: 'TABLE_MISSING', cure: null }).report };
    expect(findProblems([source({ report }), replica()])).toHaveLength(1);
  });

  it('is the source alone: others are not asked to write', () => {
    expect(findProblems([source(), replica(lacking())])).toEqual([]);
  });
});
