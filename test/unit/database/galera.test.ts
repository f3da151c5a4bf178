import { describe, expect, it } from 'vitest';
import { galeraStatements } from '../../../src/servers/mariadb/galera.ts';

const { reached, replicationOf } = galeraStatements;
const end = (position: number, file = 'log.1') => ({ File: file, Position: position });
const shown = (position: number, file = 'log.1') => ({ file, position });
const logged = { logged: '7-1-9' };

describe("a Galera node's position", () => {
  it.each([
    ['is its log, when it shows all of that', [logged, end(50), shown(50), shown(50)], '7-1-9'],
    ['is its log, when it shows that a moment later', [logged, end(50), shown(40), shown(60)], '7-1-9'],
    ['is unknown, while it shows less', [logged, end(50), shown(40), shown(49)], ''],
    ['is unknown, when its log has gone on to another file', [logged, end(4, 'log.2'), shown(90), shown(90)], ''],
    ['is unknown, when it says nothing of what it shows', [logged, end(50), {}, {}], ''],
  ])('%s', (_, rows, expected) => {
    expect(reached(rows, true).format()).toBe(expected);
  });

  it('is its log, while it takes the writes', () => {
    expect(reached([logged, end(50), shown(40)], false).format()).toBe('7-1-9');
  });
});

describe("a Galera node's place in its cluster", () => {
  const row = (name: string, Value: string) => ({ Variable_name: `wsrep_${name}`, Value });
  it.each([
    ['4', 'Primary', 'ON', 'ONLINE'],
    ['4', 'Primary', 'OFF', 'OFFLINE'],
    ['2', 'Primary', 'ON', 'RECOVERING'],
    ['3', 'Primary', 'ON', 'RECOVERING'],
    ['1', 'Primary', 'OFF', 'RECOVERING'],
    ['0', 'non-Primary', 'OFF', 'NO_MAJORITY'],
    ['4', 'Disconnected', 'ON', 'NO_MAJORITY'],
  ])('of local state %s, %s, ready %s, is %s', (local, cluster, ready, member) => {
    const status = [row('local_state', local), row('cluster_status', cluster), row('ready', ready)];
    expect(replicationOf([], status)).toMatchObject({ member, applier: 'RUNNING' });
  });
});
