import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../../../src/graphql/schema.ts';
import { hostileBodies, refusalCodeOf } from '../../bench/hostile-bodies.ts';
import { startTinyServer } from './tiny-server.ts';

let tiny: Awaited<ReturnType<typeof startTinyServer>>;
beforeAll(async () => {
  tiny = await startTinyServer({ schema });
});
afterAll(() => tiny.server.stop());

describe('a body of a bad shape', () => {
  it.each(hostileBodies.map(({ name, ...rest }) => [name, rest] as const))(
    'is taken in and refused in few words: %s',
    async (_, { body, code }) => {
      expect(Buffer.byteLength(body)).toBeLessThanOrEqual(262_144);
      const answer = await tiny.post(body);
      const text = await answer.text();
      expect(refusalCodeOf(text)).toBe(code);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(64_000);
      // GraphQL's own words for having given up tell nobody what to do.
      expect(text).not.toContain('Validation aborted');
    },
  );

  it('is answered beside others, and they are not', async () => {
    const before = hostileBodies.map(({ body }) => tiny.post(body).then((answer) => answer.text()));
    const { data } = (await (await tiny.post({ query: '{ __typename }' })).json()) as { data: unknown };
    expect(data).toEqual({ __typename: 'Query' });
    await Promise.all(before);
  });
});
