import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

// How soon the page notices that the API does not answer: a promise in seconds, so by a clock that only the test moves.
type Watch = typeof import('../../../src/dashboard/shell/cluster-watch.ts');
type Contact = typeof import('../../../src/dashboard/graphql/contact.ts');

const promisedMs = 5000;
const stepMs = 50;
/** What a server that is far away takes for an answer. */
const answerMs = 200;

let watch: Watch;
let contact: Contact;
let api: 'answers' | 'hangs' | 'refuses';
let asked: number;
let stop: () => void = () => undefined;
const tab = { hidden: false, listeners: new Map<string, () => void>() };

const cluster = { verdict: 'HEALTHY', problems: [], nodes: [] };
const answer = () =>
  new Response(JSON.stringify({ data: { cluster } }), { headers: { 'content-type': 'application/json' } });

function fetchFromApi(_: unknown, { signal }: { signal?: AbortSignal } = {}): Promise<Response> {
  asked += 1;
  return new Promise((resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason));
    if (api === 'refuses') reject(new TypeError('fetch failed'));
    if (api === 'answers') setTimeout(() => api === 'answers' && resolve(answer()), answerMs);
  });
}

/** Lets time go by, and everything happen that needs none. Until `isSo`, when given; answers how long that took. */
async function goBy(ms: number, isSo: () => boolean = () => false): Promise<number> {
  for (let goneMs = 0; goneMs < ms; goneMs += stepMs) {
    if (isSo()) return goneMs;
    await vi.advanceTimersByTimeAsync(stepMs);
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
  return ms;
}
const isSilent = () => contact.contactNow().silent;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
  vi.resetModules();
  [api, asked, tab.hidden] = ['answers', 0, false];
  const addEventListener = (name: string, listener: () => void) => tab.listeners.set(name, listener);
  const target = { addEventListener, removeEventListener: (name: string) => tab.listeners.delete(name) };
  vi.stubGlobal('document', {
    ...target,
    baseURI: 'http://localhost:4000/',
    querySelector: () => null,
    get hidden() {
      return tab.hidden;
    },
  });
  vi.stubGlobal('window', { ...target, location: { origin: 'http://localhost:4000', pathname: '/', search: '' } });
  vi.stubGlobal(
    'BroadcastChannel',
    class {
      addEventListener() {}
      postMessage() {}
      close() {}
    },
  );
  vi.stubGlobal('fetch', fetchFromApi);
  watch = await import('../../../src/dashboard/shell/cluster-watch.ts');
  contact = await import('../../../src/dashboard/graphql/contact.ts');
  stop = watch.watchCluster(() => undefined);
  await goBy(1000);
  expect(watch.watchedNow().cluster).toMatchObject({ verdict: 'HEALTHY' });
});
afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('an API that does not answer any more', () => {
  // Right after a look, between two, and while one is on its way.
  const moments = Array.from({ length: 20 }, (_, place) => place * 200);

  it.each(moments)('is noticed within five seconds, %i ms after a look', async (ms) => {
    await goBy(ms);
    expect(isSilent()).toBe(false);
    api = 'hangs';
    expect(await goBy(2 * promisedMs, isSilent)).toBeLessThanOrEqual(promisedMs);
  });

  it('is noticed as soon where it cannot be reached at all', async () => {
    api = 'refuses';
    expect(await goBy(2 * promisedMs, isSilent)).toBeLessThanOrEqual(promisedMs);
  });

  it('is noticed as soon by a user who comes back to the tab', async () => {
    tab.hidden = true;
    tab.listeners.get('visibilitychange')?.();
    const before = asked;
    await goBy(60_000);
    expect(asked).toBe(before);
    api = 'hangs';
    tab.hidden = false;
    tab.listeners.get('visibilitychange')?.();
    expect(await goBy(2 * promisedMs, isSilent)).toBeLessThanOrEqual(promisedMs);
  });

  it('is asked ever more slowly, and heard within ten seconds when it is back', async () => {
    api = 'hangs';
    await goBy(promisedMs, isSilent);
    const before = asked;
    await goBy(60_000);
    expect(asked - before).toBeLessThanOrEqual(10);
    api = 'answers';
    expect(await goBy(20_000, () => !isSilent())).toBeLessThanOrEqual(10_000);
  });

  it('is never said of one that takes a second for each answer', async () => {
    vi.stubGlobal('fetch', () => new Promise((resolve) => setTimeout(() => resolve(answer()), 1000)));
    await goBy(60_000, isSilent);
    expect(isSilent()).toBe(false);
  });
});

it('a page at rest asks at most twenty times a minute', async () => {
  const before = asked;
  await goBy(60_000);
  expect(asked - before).toBeLessThanOrEqual(20);
  expect(asked - before).toBeGreaterThan(10);
});
