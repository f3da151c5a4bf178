import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxCharacters, maxTokens } from '../../../src/client/carried-tokens.ts';
import { TokenStore } from '../../../src/client/token-store.ts';
import { SimulatedClient, SimulatedServer } from './simulated-past.ts';

const answering = (token: string | null) => ({ token, refused: false, readAtSource: false });
const refusing = { token: null, refused: true, readAtSource: false };
const readingSource = (token: string) => ({ token, refused: false, readAtSource: true });

describe('a token store', () => {
  it('carries nothing at first', () => {
    expect(new TokenStore().depart()).toMatchObject({ tokens: [], needsSource: false });
  });

  it('puts the token of an answer in the place of those that its request sent', () => {
    const store = new TokenStore(['a', 'b']);
    store.arrive(store.depart(), answering('c'));
    expect(store.tokens).toEqual(['c']);
  });

  it('keeps the tokens of all requests that overlapped, and sends them together', () => {
    const store = new TokenStore(['a']);
    const [one, two] = [store.depart(), store.depart()];
    store.arrive(two, answering('2'));
    store.arrive(one, answering('1'));
    expect(store.tokens).toEqual(['2', '1']);
    store.arrive(store.depart(), answering('3'));
    expect(store.tokens).toEqual(['3']);
  });

  it('keeps what came while a request was under way', () => {
    const store = new TokenStore(['a']);
    const slow = store.depart();
    store.arrive(store.depart(), answering('b'));
    store.arrive(slow, answering('c'));
    expect(store.tokens).toEqual(['b', 'c']);
  });

  it('is not changed by an answer without a token', () => {
    const store = new TokenStore(['a']);
    store.arrive(store.depart(), answering(null));
    expect(store.depart()).toMatchObject({ tokens: ['a'], needsSource: false });
  });

  it('asks the source when it had to drop a token, until the source has answered a request that left after that', () => {
    const store = new TokenStore();
    const early = store.depart();
    for (let token = 0; token <= maxTokens; token += 1) store.learn(`t${token}`);
    expect(store.tokens).toHaveLength(maxTokens);
    expect(store.depart().needsSource).toBe(true);
    store.arrive(early, readingSource('early'));
    expect(store.depart().needsSource).toBe(true);
    store.arrive(store.depart(), answering('elsewhere'));
    expect(store.depart().needsSource).toBe(true);
    store.arrive(store.depart(), readingSource('late'));
    expect(store.depart()).toMatchObject({ tokens: ['late'], needsSource: false });
  });

  it('never sends more characters than proxies take', () => {
    const store = new TokenStore();
    for (const letter of 'abcdef') store.learn(letter.repeat(1800));
    expect(store.tokens.join().length).toBeLessThanOrEqual(maxCharacters);
    expect(store.depart().needsSource).toBe(true);
  });

  it('drops what was refused and asks the source, once for all requests that were told', () => {
    const store = new TokenStore(['bad']);
    const [one, two] = [store.depart(), store.depart()];
    store.arrive(one, refusing);
    expect(store.depart()).toMatchObject({ tokens: [], needsSource: true });
    const next = store.depart();
    store.arrive(two, refusing);
    store.arrive(next, readingSource('good'));
    expect(store.depart()).toMatchObject({ tokens: ['good'], needsSource: false });
  });

  it('keeps what the refused request did not send', () => {
    const store = new TokenStore(['bad']);
    const refused = store.depart();
    store.learn('good');
    store.arrive(refused, refusing);
    expect(store.tokens).toEqual(['good']);
  });

  it('keeps the newest token of a stream whose events include those before, and what came another way', () => {
    const store = new TokenStore(['own']);
    const learn = store.follow();
    for (let event = 0; event < 20; event += 1) learn(`e${event}`);
    expect(store.depart()).toMatchObject({ tokens: ['own', 'e19'], needsSource: false });
  });

  it('forgets at a logout, and what is still under way brings nothing back', () => {
    const store = new TokenStore(['a']);
    const late = store.depart();
    store.clear();
    store.arrive(late, answering('b'));
    expect(store.depart()).toMatchObject({ tokens: [], needsSource: false });
  });
});

describe('what a request takes along', () => {
  const step = fc.record({
    kind: fc.constantFrom('leave', 'leave', 'serve', 'serve', 'receive', 'receive', 'refuse', 'logOut'),
    which: fc.nat(30),
    writes: fc.boolean(),
  });

  it('includes everything that was shown before it left, in whatever order answers come', () => {
    let carriedAlone = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const server = new SimulatedServer();
        const client = new SimulatedClient();
        for (const { kind, which, writes } of steps) {
          const trip = client.trips[which % Math.max(1, client.trips.length)];
          if (kind === 'leave') client.leave(writes);
          else if (kind === 'logOut' && which === 0) client.logOut();
          else if (trip !== undefined && kind === 'serve') server.serve(trip, (event) => event % 3 === which % 3);
          else if (trip !== undefined && kind === 'receive') client.receive(trip, false);
          else if (trip !== undefined && kind === 'refuse' && which < 4) client.receive(trip, true);
          const { tokens, needsSource } = client.store.depart();
          expect(tokens.length).toBeLessThanOrEqual(maxTokens);
          if (needsSource) continue;
          carriedAlone += 1;
          const carried = server.meaningOf(tokens);
          for (const event of client.seen) expect(carried).toContain(event);
        }
      }),
      { numRuns: 300 },
    );
    expect(carriedAlone).toBeGreaterThan(1000);
  });
});
