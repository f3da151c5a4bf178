import { describe, expect, it } from 'vitest';
import { readHealthOptions } from '../../../src/cli/health-options.ts';
import { healthTable } from '../../../src/cli/health-table.ts';
import type { ClusterHealth, NodeHealth } from '../../../src/cluster/cluster-health.ts';

function node(name: string, given: Partial<NodeHealth> = {}): NodeHealth {
  return {
    name,
    state: 'HEALTHY',
    role: 'REPLICA',
    configuredRole: 'REPLICA',
    position: '0-1-42',
    lagMs: 0,
    delayMs: 0,
    lagTransactions: 0,
    applier: 'RUNNING',
    trouble: null,
    ageMs: 3,
    ...given,
  };
}
const silent = {
  role: null,
  position: null,
  lagMs: null,
  delayMs: null,
  lagTransactions: null,
  applier: null,
  ageMs: null,
};

describe('the health table', () => {
  it('shows a line for each node and says what works', () => {
    const health: ClusterHealth = {
      verdict: 'DEGRADED',
      reads: true,
      writes: true,
      source: 'source',
      nodes: [
        node('source', {
          role: 'SOURCE',
          configuredRole: 'SOURCE',
          lagMs: null,
          delayMs: null,
          lagTransactions: null,
          applier: null,
        }),
        node('replica-1', { state: 'DEGRADED', lagMs: 12_000, lagTransactions: 345, trouble: 'is 12000 ms behind' }),
        node('backup', { ...silent, state: 'DOWN', configuredRole: 'BACKUP', trouble: 'refused the connection' }),
      ],
      problems: [
        {
          code: 'GTID_MODE_OFF',
          node: 'source',
          message: 'source does not number its transactions',
          variable: 'gtid_mode',
          value: 'OFF',
          cure: 'SET @@PERSIST.gtid_mode = ON',
        },
      ],
      guarantees: [],
    };
    expect(healthTable(health)).toEqual([
      'NODE       ROLE      STATE     POSITION  LAG   BEHIND  APPLIER  TROUBLE',
      'source     SOURCE    HEALTHY   0-1-42    -     -       -        -',
      'replica-1  REPLICA   DEGRADED  0-1-42    12 s  345     RUNNING  is 12000 ms behind',
      'backup     (BACKUP)  DOWN      -         -     -       -        refused the connection',
      '',
      'DEGRADED  reads: yes  writes: yes, on source',
      'GTID_MODE_OFF: source does not number its transactions (gtid_mode=OFF). Cure: SET @@PERSIST.gtid_mode = ON',
    ]);
  });

  it.each([
    ['3e11fa47-71ca-11e1-9e33-c80aa9429562:1-57', '3e11fa47…:1-57'],
    ['3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5,4e11fa47-71ca-11e1-9e33-c80aa9429562:1-3', '3e11fa47…:1-5 +1'],
    ['0-1-100,1-2-50', '0-1-100,1-2-50'],
    ['', 'empty'],
  ])('shortens the position %s', (position, shown) => {
    const nodes = [node('a', { position })];
    const found = { problems: [], guarantees: [] };
    const health: ClusterHealth = { verdict: 'HEALTHY', reads: true, writes: false, source: null, nodes, ...found };
    expect(healthTable(health)[1]).toContain(`  ${shown}  `);
  });
});

describe('options of npm run health', () => {
  it('default to all nodes', () => {
    expect(readHealthOptions([])).toEqual({
      node: null,
      watch: false,
      json: false,
      help: false,
      intervalMs: 1000,
      timeoutMs: null,
    });
    expect(readHealthOptions(['replica-1', '--watch', '--interval', '0.5', '--timeout', '400', '--json'])).toEqual({
      node: 'replica-1',
      watch: true,
      json: true,
      help: false,
      intervalMs: 500,
      timeoutMs: 400,
    });
  });

  it.each([
    [['a', 'b'], 'Name one node'],
    [['--interval', '2'], '--interval needs --watch'],
    [['--watch', '--interval', '0'], 'from 0.1 to 3600'],
    [['--watch', '--interval', 'soon'], 'from 0.1 to 3600'],
    [['--timeout', '9'], 'from 10 to 60000'],
    [['--timeout', '1e3'], 'from 10 to 60000'],
    [['--loud'], 'Try --help'],
  ])('are refused when they make no sense: %j', (argv, fault) => {
    expect(() => readHealthOptions(argv)).toThrow(fault);
  });
});
