import { GraphQLError, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { afterAll, describe, expect, it } from 'vitest';
import { toldFaults } from '../../../src/graphql/limits/told-faults.ts';
import { InvalidInputError } from '../../../src/orders/errors.ts';
import { startTinyServer } from '../http/tiny-server.ts';

const faults = (count: number, message = 'is wrong') =>
  Array.from({ length: count }, (_, index) => ({ path: ['ids', String(index)], message }));

describe('what is wrong with an input', () => {
  it('is told whole while it is little', () => {
    const error = new InvalidInputError(faults(10));
    expect(error.faults).toEqual(faults(10));
    expect(error.message).toMatch(/^input\.ids\.0 is wrong; .*; input\.ids\.9 is wrong$/);
  });

  it('is told in its first parts, and that there is more', () => {
    const error = new InvalidInputError(faults(1000));
    expect(error.faults).toEqual(faults(10));
    expect(error.message).toMatch(/^The input has more than 10 faults\. These are the first: input\.ids\.0 is wrong; /);
    expect(error.facts.faults).toHaveLength(10);
  });

  it('is told in short texts', () => {
    const [fault] = new InvalidInputError([{ path: ['x'.repeat(9000)], message: 'y'.repeat(9000) }]).faults;
    expect([fault?.path[0]?.length, fault?.message.length]).toEqual([501, 501]);
    expect(new InvalidInputError(faults(10, 'y'.repeat(9000))).message).toHaveLength(501);
  });

  it('is told so often in one operation, then in its first fault only', () => {
    const operation = {};
    const lengths = Array.from({ length: 12 }, () => toldFaults(faults(10), operation).length);
    expect(lengths).toEqual([...Array(10).fill(10), 1, 1]);
    expect(toldFaults(faults(10), {})).toHaveLength(10);
  });
});

describe('errors beside data', () => {
  const failing = {
    type: GraphQLString,
    resolve: () => {
      const list = Array(400).fill('€'.repeat(600));
      throw new GraphQLError('€'.repeat(900), { extensions: { code: 'BAD_USER_INPUT', faults: list } });
    },
  };
  const fields = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`f${index}`, failing]));
  const schema = new GraphQLSchema({ query: new GraphQLObjectType({ name: 'Query', fields }) });
  const tiny = startTinyServer({ schema });
  afterAll(async () => (await tiny).server.stop());

  it('are few enough to be sent in one short answer', async () => {
    const text = await (await (await tiny).post({ query: `{ ${Object.keys(fields).join(' ')} }` })).text();
    const { errors } = JSON.parse(text) as { errors: { message: string; extensions: { faults: string[] } }[] };
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(64_000);
    expect(errors[0]?.message).toHaveLength(501);
    expect(errors[0]?.extensions.faults).toHaveLength(10);
  });
});
