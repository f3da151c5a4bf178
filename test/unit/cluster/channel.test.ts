import { describe, expect, it } from 'vitest';
import { type Channel, type ChannelSummary, isLive, summaryOf } from '../../../src/cluster/channel.ts';

const channel = (given: Partial<Channel> = {}): Channel => ({
  name: '',
  sourceId: '1',
  host: 'source',
  port: 3306,
  receiving: true,
  applying: true,
  delayMs: 0,
  lagMs: 0,
  error: null,
  ...given,
});

describe('a channel is live', () => {
  it.each([
    [true, true, true],
    [true, false, true],
    [false, true, true],
    [false, false, false],
  ])('receiving %s, applying %s: %s', (receiving, applying, expected) => {
    expect(isLive(channel({ receiving, applying }))).toBe(expected);
  });
});

describe('several channels as one', () => {
  const well: ChannelSummary = { applier: 'RUNNING', receiving: true, replicationError: null, lagMs: 0, delayMs: 0 };
  it.each<[string, readonly Partial<Channel>[], ChannelSummary]>([
    [
      'are none without any',
      [],
      { applier: 'NONE', receiving: false, replicationError: null, lagMs: null, delayMs: 0 },
    ],
    ['are as the only one', [{}], well],
    ['apply when all do', [{}, { applying: false }], { ...well, applier: 'STOPPED' }],
    ['receive when all do', [{ receiving: false }, {}], { ...well, receiving: false }],
    ['are as late as the latest', [{ lagMs: 2000 }, { lagMs: 7000 }, { lagMs: 1000 }], { ...well, lagMs: 7000 }],
    ['are of unknown lateness when one is', [{ lagMs: 2000 }, { lagMs: null }], { ...well, lagMs: null }],
    ['stay behind as long as the longest', [{ delayMs: 5000 }, { delayMs: 1000 }], { ...well, delayMs: 5000 }],
    [
      'tell the first error that there is',
      [{}, { error: 'error 1' }, { error: 'error 2' }],
      { ...well, replicationError: 'error 1' },
    ],
  ])('%s', (_, channels, expected) => {
    expect(summaryOf(channels.map(channel))).toEqual(expected);
  });
});
