import { afterEach, describe, expect, it } from 'vitest';
import { shareAcrossTabs } from '../../../src/client/tabs.ts';
import { TokenStore } from '../../../src/client/token-store.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

let channels = 0;
function openTabs(...stores: TokenStore[]) {
  channels += 1;
  for (const store of stores)
    ends.push(shareAcrossTabs(store, new BroadcastChannel(`tabs-${process.pid}-${channels}`)));
}

const answering = (token: string) => ({ token, refused: false, readAtSource: false });

describe('tabs of one user', () => {
  it('read what was written in another one', async () => {
    const [one, two] = [new TokenStore(), new TokenStore()];
    openTabs(one, two);
    one.arrive(one.depart(), answering('a'));
    await expect.poll(() => two.tokens).toEqual(['a']);
    two.arrive(two.depart(), answering('b'));
    await expect.poll(() => one.tokens).toEqual(['b']);
  });

  it('keep what they have seen themselves', async () => {
    const [one, two] = [new TokenStore(['own']), new TokenStore()];
    openTabs(one, two);
    two.learn('a');
    await expect.poll(() => one.tokens).toEqual(['own', 'a']);
  });

  it('tell one that is opened later', async () => {
    const [one, two] = [new TokenStore(['a', 'b']), new TokenStore()];
    openTabs(one, two);
    await expect.poll(() => two.tokens).toEqual(['a', 'b']);
  });

  it('log out together', async () => {
    const [one, two] = [new TokenStore(['a']), new TokenStore()];
    openTabs(one, two);
    await expect.poll(() => two.tokens).toEqual(['a']);
    const late = two.depart();
    one.clear();
    await expect.poll(() => two.tokens).toEqual([]);
    two.arrive(late, answering('b'));
    expect(two.tokens).toEqual([]);
  });

  it('go on alone when one has left', async () => {
    const [one, two, three] = [new TokenStore(), new TokenStore(), new TokenStore()];
    openTabs(one, two, three);
    ends.shift()?.();
    one.learn('a');
    two.learn('b');
    await expect.poll(() => three.tokens).toEqual(['b']);
    expect(one.tokens).toEqual(['a']);
  });
});
