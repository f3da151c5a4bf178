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
    [['promote', 'a', 'b'], 'Too many arguments'],
    [['status', 'replica-1'], 'Too many arguments'],
    [['switchover'], 'needs the name of a server'],
    [['add-replica'], 'needs a URL'],
    [['switchover', 'replica-1', '--force'], 'are for promote only'],
    [['promote', '--quiet-time', 'soon'], 'number of seconds'],
    [['promote', '--json'], 'pass --yes as well'],
  ])('is refused as %j', (argv, words) => {
    expect(() => readClusterOptions(argv)).toThrow(words);
  });
});
