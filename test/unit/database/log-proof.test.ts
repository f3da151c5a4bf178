import { describe, expect, it } from 'vitest';
import { showsLogUntil } from '../../../src/servers/mariadb/log-proof.ts';

const shown = (file: string, position: unknown) => [
  { Variable_name: 'Binlog_snapshot_file', Value: file },
  { Variable_name: 'Binlog_snapshot_position', Value: position },
];

describe('a snapshot shows the log until its end', () => {
  it.each([
    ['when it has come to the same place', { File: 'log.000002', Position: 4711n }, shown('log.000002', '4711'), true],
    ['when the log has grown since', { File: 'log.000002', Position: 4711 }, shown('log.000002', '5000'), true],
    ['as numbers, not as texts', { File: 'log.000002', Position: 999n }, shown('log.000002', '1000'), true],
    [
      'not while something is logged and not shown',
      { File: 'log.000002', Position: 4712n },
      shown('log.000002', '4711'),
      false,
    ],
    ['not when it names another file', { File: 'log.000003', Position: 400n }, shown('log.000002', '4711'), false],
    ['not when it names none', { File: 'log.000003', Position: 400n }, shown('', '0'), false],
    ['not when the server writes no log', undefined, shown('log.000002', '4711'), false],
    ['not without the right to ask where the log ends', undefined, [], false],
    ['not when it does not say how far', { File: 'log.000002', Position: 4711n }, [], false],
  ])('%s', (_, end, rows, expected) => {
    expect(showsLogUntil(end, rows)).toBe(expected);
  });
});
