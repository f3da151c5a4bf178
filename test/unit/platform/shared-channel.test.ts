import { describe, expect, it } from 'vitest';
import { SharedChannel } from '../../../src/platform/shared-channel.ts';

describe('a channel without Redis', () => {
  it('is heard by the own process, by those who listen, from now on', () => {
    const channel = new SharedChannel('news', null);
    const heard: string[] = [];
    channel.publish('before');
    const leave = channel.subscribe((text) => heard.push(text));
    channel.publish('meanwhile');
    leave();
    channel.publish('after');
    expect(heard).toEqual(['meanwhile']);
  });

  it('knows whether there are listeners', () => {
    const channel = new SharedChannel('news', null);
    const leave = channel.subscribe(() => undefined);
    expect(channel.isHeard).toBe(true);
    leave();
    expect(channel.isHeard).toBe(false);
  });

  it('is heard by the others when one of them breaks', () => {
    const channel = new SharedChannel('news', null);
    const heard: string[] = [];
    channel.subscribe(() => {
      throw new Error('broken');
    });
    channel.subscribe((text) => heard.push(text));
    channel.publish('all the same');
    expect(heard).toEqual(['all the same']);
  });
});
