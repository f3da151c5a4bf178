import { describe, expect, it } from 'vitest';
import { readArguments } from '../../../src/cli/arguments.ts';
import { explainFailure } from '../../../src/cli/explain-failure.ts';
import { UsageError } from '../../../src/cli/usage-error.ts';
import { ConfigError } from '../../../src/config/config-fault.ts';

describe('the command line', () => {
  it.each([
    [[], { action: 'start', flavour: 'mariadb', topology: 'replication', port: null }],
    [
      ['--flavour', 'mysql', '--port=4100'],
      { action: 'start', flavour: 'mysql', topology: 'replication', port: '4100' },
    ],
    [
      ['--flavour', 'mysql', '--topology', 'group'],
      { action: 'start', flavour: 'mysql', topology: 'group', port: null },
    ],
    [['--check-config'], { action: 'check-config', flavour: 'mariadb', topology: 'replication', port: null }],
    [['-h'], { action: 'help', flavour: 'mariadb', topology: 'replication', port: null }],
    [['--version', '--check-config'], { action: 'version', flavour: 'mariadb', topology: 'replication', port: null }],
  ])('%j is understood', (argv, expected) => {
    expect(readArguments(argv)).toEqual(expected);
  });

  it.each([
    [['--flavor', 'mysql'], "Unknown option '--flavor'"],
    [['--flavour', 'oracle'], '--flavour must be one of mariadb, mysql'],
    [['--flavour'], '--flavour'],
    [['--topology', 'ring'], '--topology must be one of replication, group'],
    [['--topology', 'group'], '--topology group needs --flavour mysql'],
    [['--port', 'http'], '--port must be a number'],
    [['start'], "Unexpected argument 'start'"],
  ])('%j is refused with what is wrong', (argv, message) => {
    expect(() => readArguments(argv)).toThrow(UsageError);
    expect(() => readArguments(argv)).toThrow(message);
  });
});

describe('a failed start', () => {
  it('lists what is wrong with the configuration, and nothing else', () => {
    const error = new ConfigError([
      { name: 'PORT', fault: 'must be a whole number' },
      { name: 'SOURCE_URL', fault: 'names no user' },
    ]);
    expect(explainFailure(error)).toEqual({
      text: 'Invalid configuration:\n  PORT: must be a whole number\n  SOURCE_URL: names no user',
      exitCode: 2,
    });
  });

  it('shows the message of what was thrown on purpose, and the stack of what was not', () => {
    expect(explainFailure(new UsageError('--port must be a number'))).toEqual({
      text: '--port must be a number',
      exitCode: 2,
    });
    expect(explainFailure(new TypeError('undefined is not a function')).text).toContain('    at ');
  });
});
