import { describe, expect, it } from 'vitest';
import { redisProblems, sharingProblems } from '../../../src/cluster/redis-problems.ts';

describe('Redis', () => {
  it('that does what is asked is no problem', () => {
    expect(redisProblems(null)).toEqual([]);
  });

  it('that does not answer is one, with what it is', () => {
    expect(redisProblems('does not answer')).toEqual([
      {
        code: 'REDIS_UNAVAILABLE',
        node: null,
        message: expect.stringMatching(/^Redis does not answer: /),
        variable: null,
        value: null,
        cure: null,
      },
    ]);
  });

  it('that is full is told what mends it', () => {
    expect(redisProblems('refuses writes: it is full')).toMatchObject([
      {
        code: 'REDIS_UNAVAILABLE',
        variable: 'maxmemory',
        cure: expect.stringMatching(/^CONFIG SET maxmemory .*noeviction/),
      },
    ]);
  });
});

describe('a name of a cluster in Redis', () => {
  it('that is not shared is no problem', () => {
    expect(sharingProblems(new Set(), 'orders')).toEqual([]);
  });

  it.each([
    ['ANOTHER_CLUSTER', 'CLUSTER_ID_SHARED', /^set .*CLUSTER_ID/, /^Another cluster/],
    ['ANOTHER_SOURCE', 'CLUSTER_SPLIT', /cluster_servers/, /two sources/],
  ] as const)('that %s shares is one', (other, code, cure, message) => {
    expect(sharingProblems(new Set([other]), 'orders')).toEqual([
      {
        code,
        node: null,
        message: expect.stringMatching(message),
        variable: 'CLUSTER_ID',
        value: 'orders',
        cure: expect.stringMatching(cure),
      },
    ]);
  });

  it('that both share is two', () => {
    const both = new Set(['ANOTHER_CLUSTER', 'ANOTHER_SOURCE'] as const);
    expect(sharingProblems(both, 'orders').map(({ code }) => code)).toEqual(['CLUSTER_ID_SHARED', 'CLUSTER_SPLIT']);
  });
});
