import { describe, expect, it } from 'vitest';
import { readClusterOptions } from '../../../src/cli/cluster-options.ts';

describe('the command line of npm run cluster', () => {
  it('names a command and what it is about', () => {
    expect(readClusterOptions(['promote', 'replica-1', '--yes'])).toEqual({
      command: 'promote',
      subject: 'replica-1',
      yes: true,
      force: false,
      discard: false,
      onlyIfSourceDown: false,
      quietTimeMs: 600_000,
      json: false,
    });
  });

  it.each([
    [[], 'Name one of'],
    [['restart'], 'Name one of'],
    [['promote', '--what'], 'Try --help'],
    [['promote', 'a', 'b'], 'Too many words'],
    [['status', 'replica-1'], 'Too many words'],
    [['switchover'], 'needs the name of a server'],
    [['add-replica'], 'needs a URL'],
    [['switchover', 'replica-1', '--force'], 'belong to promote'],
    [['promote', '--quiet-time', 'soon'], 'number of seconds'],
    [['promote', '--json'], 'say --yes too'],
  ])('is refused as %j', (argv, words) => {
    expect(() => readClusterOptions(argv)).toThrow(words);
  });
});
