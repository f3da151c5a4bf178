import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { AppliedMigrations } from '../../../../src/cluster/applied-migrations.ts';
import { findProblems } from '../../../../src/cluster/problems/find-problems.ts';
import type { ServingFaultKind } from '../../../../src/cluster/serving.ts';
import { servedOrders } from '../../../../src/orders/served-tables.ts';
import { replica, source } from './seen.ts';

const long = { readAgoMs: 0, unchangedForMs: 60_000 };
const record = (applied: readonly string[], given: Partial<AppliedMigrations> = {}): AppliedMigrations => ({
  applied,
  missing: [],
  ...long,
  ...given,
});
const at = (migrations: AppliedMigrations, lagMs: number | null = 0) => ({ report: { migrations, lagMs } });

describe('a replica', () => {
  it('that lacks what its source has is named with what it lacks', () => {
    const found = findProblems([source(at(record(['1_a', '2_b']), null)), replica(at(record(['1_a'])))]);
    expect(found).toMatchObject([
      {
        code: 'MIGRATION_MISSING',
        node: 'replica-1',
        cure: expect.stringMatching(/^remove .* from replica-1 .* npm run cluster -- rejoin replica-1 --discard$/),
      },
    ]);
    expect(found[0]?.message).toBe('replica-1 lacks migrations that source has: 2_b');
  });

  it.each([
    ['has all of it', record(['1_a', '2_b', '3_c']), 0],
    ['is later than that', record(['1_a']), 58_000],
    ['has stopped', record(['1_a']), null],
    ['was read before the source had it', record(['1_a'], { readAgoMs: 59_000 }), 0],
  ] as const)('that %s is not', (_, migrations, lagMs) => {
    expect(findProblems([source(at(record(['1_a', '2_b']), null)), replica(at(migrations, lagMs))])).toEqual([]);
  });

  it.each([
    ['of the replica', source(at(record(['1_a']), null)), replica()],
    ['of the source', source(), replica(at(record(['1_a'])))],
    ['of either', source(), replica()],
  ])('is not, if no account may read the record %s', (_, one, two) => {
    expect(findProblems([one, two])).toEqual([]);
  });
});

describe('a source', () => {
  it('that lacks what this version needs is named with the command that brings it', () => {
    const found = findProblems([source(at(record(['1_a'], { missing: ['2_b'] }), null))]);
    expect(found).toMatchObject([{ code: 'NOT_MIGRATED', node: 'source', cure: 'npm run migrate' }]);
  });

  it.each<[ServingFaultKind, readonly string[]]>([
    ['TABLE_MISSING', ['source cannot serve']],
    ['RIGHT_MISSING', ['source cannot serve', 'source lacks migrations that this version needs: 2_b']],
  ])('that cannot serve because of %s is named once', (kind, expected) => {
    const migrations = record(['1_a'], { missing: ['2_b'] });
    const unable = [{ kind, table: 'orders', code: null, cure: null }];
    const found = findProblems([source({ report: { migrations, unable } })]);
    const shown = found.map(({ message }) => (message.includes('migrations') ? message : 'source cannot serve'));
    expect(shown.sort()).toEqual(expected);
  });

  it('whose tables were made by other means is not', () => {
    expect(findProblems([source(at(record([], { missing: ['1_a'] }), null))])).toEqual([]);
  });
});

it('the migrations that orders need are those that there are', () => {
  const folders = readdirSync('prisma/orders/migrations', { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  expect(servedOrders({ hasBackup: false }).migrations).toEqual(folders.map(({ name }) => name).sort());
});
