import { describe, expect, it } from 'vitest';
import type { NodeStatus, ProbeReport } from '../../../../src/cluster/node-status.ts';
import { servingRule } from '../../../../src/cluster/problems/serving.ts';
import type { ServingFaultKind } from '../../../../src/cluster/serving.ts';
import type { WriteFault } from '../../../../src/cluster/write-fault.ts';
import { replica, source } from './seen.ts';

const cure = 'GRANT SELECT ON orders';
const lacks = (kind: ServingFaultKind, table = 'orders') => ({ kind, table, code: null, cure });
const unable = (...faults: ReturnType<typeof lacks>[]) => ({ report: { unable: faults } });
const found = (...snapshot: NodeStatus[]) => servingRule(snapshot);
const named = (...snapshot: NodeStatus[]) => found(...snapshot).map(({ code, node }) => `${code} ${node}`);

describe('a server that cannot serve', () => {
  const away = { ...source(), state: 'DOWN' } as const;
  const migrate = 'npm run migrate';
  const rejoin = /^remove .* from replica-1 .* npm run cluster -- rejoin replica-1 --discard$/;

  it.each<[what: string, NodeStatus, NodeStatus, code: string, cure: string | RegExp]>([
    ['a table that its source has', source(), replica(unable(lacks('TABLE_MISSING'))), 'TABLE_MISSING', rejoin],
    [
      'a table that its source lacks as well',
      source(unable(lacks('TABLE_MISSING'))),
      replica(unable(lacks('TABLE_MISSING'))),
      'NOT_MIGRATED',
      migrate,
    ],
    [
      'a table, while its source lacks another one',
      source(unable(lacks('TABLE_MISSING', 'payments'))),
      replica(unable(lacks('TABLE_MISSING'))),
      'TABLE_MISSING',
      rejoin,
    ],
    [
      'a table that its source may not read',
      source(unable(lacks('RIGHT_MISSING'))),
      replica(unable(lacks('TABLE_MISSING'))),
      'TABLE_MISSING',
      rejoin,
    ],
    ['a table, without a source', away, replica(unable(lacks('TABLE_MISSING'))), 'NOT_MIGRATED', migrate],
    ['a right', source(), replica(unable(lacks('RIGHT_MISSING'))), 'RIGHT_MISSING', cure],
    ['a right, without a source', away, replica(unable(lacks('RIGHT_MISSING'))), 'RIGHT_MISSING', cure],
  ])('because it lacks %s', (_, one, two, code, expected) => {
    const problem = found(one, two).find(({ node }) => node === 'replica-1');
    expect(problem?.code).toBe(code);
    expect(problem?.cure).toMatch(expected);
  });

  it('is told with what follows from it', () => {
    const message = (one: NodeStatus, two: NodeStatus) => found(one, two).at(-1)?.message;
    const missing = replica(unable(lacks('TABLE_MISSING')));
    expect(message(source(), missing)).toMatch(/, though source has: it serves no reads$/);
    expect(message(away, missing)).toMatch(/needs it: it can serve nothing$/);
    expect(message(source(), replica(unable(lacks('RIGHT_MISSING'))))).toMatch(/: it serves no reads$/);
  });
});

describe('a source that cannot write a table', () => {
  const fault = (kind: WriteFault['kind']): WriteFault => ({
    kind,
    table: 'orders',
    rights: ['INSERT'],
    code: 'ER_1142',
    without: ['no order is created'],
    stops: true,
    cure,
  });
  const both = (kind: WriteFault['kind'], ...faults: ReturnType<typeof lacks>[]): Partial<ProbeReport> => ({
    unwritable: [fault(kind)],
    unable: faults,
  });

  it.each<[what: string, Partial<ProbeReport>, readonly string[]]>([
    ['that is missing', both('TABLE_MISSING'), ['NOT_MIGRATED source']],
    ['that is missing, and so cannot be read', both('TABLE_MISSING', lacks('TABLE_MISSING')), ['NOT_MIGRATED source']],
    [
      'that is missing, and cannot read another one',
      both('TABLE_MISSING', lacks('RIGHT_MISSING', 'payments')),
      ['RIGHT_MISSING source', 'NOT_MIGRATED source'],
    ],
    [
      'for want of a right, and cannot read it either',
      both('RIGHT_MISSING', lacks('RIGHT_MISSING')),
      ['RIGHT_MISSING source', 'RIGHT_MISSING source'],
    ],
  ])('%s is named once for each cure', (_, report, expected) => {
    expect(named(source({ report }), replica())).toEqual(expected);
  });

  it('is none of the business of a replica', () => {
    expect(named(source(), replica({ report: both('RIGHT_MISSING') }))).toEqual([]);
  });
});

describe('an account that may not see how servers replicate', () => {
  const blind = { report: { missingRights: ['SLAVE MONITOR'] } };
  const status = source(blind);
  const backup: NodeStatus = { ...replica(), role: 'BACKUP', node: { ...replica().node, configuredRole: 'BACKUP' } };

  it.each<[what: string, NodeStatus[], readonly string[]]>([
    ['is named of the source', [status, replica()], ['RIGHT_MISSING source']],
    [
      'is named of a replica, which is doubted',
      [source(), replica(blind)],
      ['RIGHT_MISSING replica-1', 'REPLICATION_UNSEEN replica-1'],
    ],
    ['does not matter for a single server', [status], []],
    ['does not matter for a single server and its backup', [status, backup], []],
  ])('%s', (_, snapshot, expected) => {
    expect(named(...snapshot)).toEqual(expected);
    for (const { cure: grant } of found(...snapshot)) expect(grant).toMatch(/^GRANT SLAVE MONITOR ON \*\.\*/);
  });
});
