import { describe, expect, it } from 'vitest';
import { judgeIdentity, type ServerClaim } from '../../../src/cluster/cluster-identity.ts';

const claims = (...pairs: readonly (readonly [string, string])[]): ServerClaim[] =>
  pairs.map(([server, cluster]) => ({ server, cluster }));
const shop = claims(['s1', 'shop'], ['r1', 'shop'], ['r2', 'shop']);
const known = (cluster: string, ...unclaimed: string[]) => ({ kind: 'KNOWN', cluster, unclaimed });
const fresh = (...unclaimed: string[]) => ({ kind: 'NEW', unclaimed });
const unknown = { kind: 'UNKNOWN' };

describe('the identity of a cluster', () => {
  it.each([
    ['seen for the first time', 's1', ['r1'], [], fresh('s1', 'r1')],
    ['as it was', 's1', ['r1', 'r2'], shop, known('shop')],
    ['after a restart, before its replicas are seen', 's1', [], shop, known('shop')],
    ['with a replica more', 's1', ['r1', 'r2', 'r3'], shop, known('shop', 'r3')],
    ['after a promotion', 'r1', ['r2'], shop, known('shop')],
    [
      'after a promotion of one that had not been seen, followed by one that had',
      'r9',
      ['r2'],
      shop,
      known('shop', 'r9'),
    ],
    [
      'when all servers but one were replaced, one after the other',
      'r9',
      ['r2', 'r8'],
      shop,
      known('shop', 'r9', 'r8'),
    ],
    ['of a copy on other servers', 'x1', ['x2'], shop, fresh('x1', 'x2')],
    ['of a copy on one other server', 'x1', [], shop, fresh('x1')],
    ['of a copy that was seen before', 'x1', ['x2'], [...shop, ...claims(['x1', 'copy'])], known('copy', 'x2')],
    [
      'of a copy that a server of the original was moved to',
      'x1',
      ['r2'],
      [...shop, ...claims(['x1', 'copy'])],
      known('copy'),
    ],
    ['of a new source among servers of two clusters', 'n', ['a', 'b'], claims(['a', 'A'], ['b', 'B']), fresh('n')],
    ['without a source', null, ['r1', 'r2'], shop, known('shop')],
    ['without a source, from servers that were not seen before', null, ['x1'], shop, unknown],
    ['without a source, from servers of two clusters', null, ['a', 'b'], claims(['a', 'A'], ['b', 'B']), unknown],
    ['when no server answers', null, [], shop, unknown],
  ] as const)('%s', (_, source, others, rows, verdict) => {
    expect(judgeIdentity({ source, others }, rows)).toEqual(verdict);
  });
});
