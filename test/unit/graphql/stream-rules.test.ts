import { describe, expect, it } from 'vitest';
import { startTinyServer } from '../http/tiny-server.ts';

const asksForEvents = { accept: 'text/event-stream' };
const json = { accept: 'application/graphql-response+json' };

describe('a subscription', () => {
  it.each([
    'subscription { tide @skip(if: true) }',
    'subscription { tide @include(if: false) }',
    'subscription { ... @skip(if: true) { tide } }',
    'subscription { ...F @skip(if: true) } fragment F on Subscription { tide }',
    'subscription { ...F } fragment F on Subscription { tide @skip(if: true) }',
  ])('that leaves out every field is refused as wrong input: %s', async (query) => {
    const { server, post, lines } = await startTinyServer();
    for (const accept of [asksForEvents, json]) {
      const answer = await post({ query }, accept);
      const text = await answer.text();
      expect(answer.status).toBe(400);
      expect(text).toContain('"code":"BAD_REQUEST"');
      expect(text).not.toContain('INTERNAL_SERVER_ERROR');
    }
    expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
    await server.stop();
  });

  it('that leaves one is opened', async () => {
    const { server, post, gate } = await startTinyServer();
    gate.open();
    const query = 'subscription { tide @include(if: true) @skip(if: false) }';
    expect(await (await post({ query }, asksForEvents)).text()).toContain('"tide":"high"');
    await server.stop();
  });

  describe('over GET', () => {
    const search = new URLSearchParams({ query: 'subscription { tide }' });
    const cases: [string, Record<string, string>, number][] = [
      ['of an event source', asksForEvents, 200],
      ['of an event source of the same page', { ...asksForEvents, 'sec-fetch-site': 'same-origin' }, 200],
      ['of a page that may', { ...asksForEvents, origin: 'https://shop.example.com' }, 200],
      ['of a picture', { accept: 'image/avif,image/webp,*/*;q=0.8', 'sec-fetch-site': 'cross-site' }, 406],
      ['that takes anything', { accept: '*/*' }, 406],
      ['that takes any text', { accept: 'text/*' }, 406],
      ['of a foreign event source', { ...asksForEvents, origin: 'https://evil.example' }, 403],
      ['of a page without an origin', { ...asksForEvents, origin: 'null' }, 403],
      ['of a foreign page that names no origin', { ...asksForEvents, 'sec-fetch-site': 'cross-site' }, 403],
      ['of a neighbour', { ...asksForEvents, 'sec-fetch-site': 'same-site' }, 403],
    ];
    it.each(cases)('%s', async (_, headers, status) => {
      const { server, url, gate } = await startTinyServer();
      const answer = await fetch(`${url}?${search}`, { headers });
      expect(answer.status).toBe(status);
      await answer.body?.cancel();
      gate.open();
      await server.stop();
    });
  });
});

describe('answers', () => {
  it('are not cached on the way, whatever they carry', async () => {
    const { server, url, post } = await startTinyServer();
    const got = await fetch(`${url}?query=${encodeURIComponent('{ hello }')}`);
    expect(got.headers.get('cache-control')).toBe('no-store');
    expect((await post({ query: '{ hello }' })).headers.get('cache-control')).toBe('no-store');
    await server.stop();
  });

  it('to pages of other origins allow the headers that are told', async () => {
    const { server, url } = await startTinyServer();
    const asked = await fetch(url, {
      method: 'OPTIONS',
      headers: { origin: 'https://shop.example.com', 'access-control-request-method': 'POST' },
    });
    const allowed = asked.headers.get('access-control-allow-headers')?.split(', ') ?? [];
    expect(allowed).toEqual(expect.arrayContaining(['content-type', 'x-consistency-token', 'authorization']));
    await server.stop();
  });
});
