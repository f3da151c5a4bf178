import { GraphQLInt, GraphQLList, GraphQLObjectType, GraphQLSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { OperationContext } from '../../../src/graphql/context.ts';
import { makeGate, startTinyServer } from './tiny-server.ts';

const from = (address: string) => ({ 'x-forwarded-for': address });
const fieldNames = Array.from({ length: 60 }, (_, index) => `f${index}`);
const heavy = { query: `{ rows { ${fieldNames.join(' ')} } }` };

/** A list that is heavy, as all lists of so many fields are; its first reader waits at the gate. */
function gated() {
  const gate = makeGate();
  const readers: string[] = [];
  const row = new GraphQLObjectType({
    name: 'Row',
    fields: Object.fromEntries(fieldNames.map((name) => [name, { type: GraphQLInt }])),
  });
  const rows = {
    type: new GraphQLList(row),
    resolve: async (_: unknown, __: unknown, { client }: OperationContext) => {
      readers.push(client);
      await gate.opened;
      return [];
    },
  };
  const light = { type: GraphQLInt, resolve: () => 1 };
  const query = new GraphQLObjectType({ name: 'Query', fields: { rows, light } });
  return { gate, readers, schema: new GraphQLSchema({ query }) };
}

describe('heavy operations', () => {
  it('of each client wait in a line of their own, and light ones in none', async () => {
    const { gate, readers, schema } = gated();
    const { server, post } = await startTinyServer({ schema });
    const many = (address: string, count: number) =>
      Array.from({ length: count }, () => post(heavy, from(address)).then((answer) => answer.text()));
    const greedy = many('192.0.2.1', 70);
    // Its line is full then.
    expect(await Promise.race(greedy)).toContain('"code":"OVERLOADED"');
    const others = many('192.0.2.2', 65);
    expect(await Promise.race(others)).toContain('"code":"OVERLOADED"');
    const light = await post({ query: '{ light }' }, from('192.0.2.1'));
    expect(await light.json()).toEqual({ data: { light: 1 } });
    gate.open();
    const refused = (answers: readonly string[]) => answers.filter((text) => text.includes('"OVERLOADED"')).length;
    expect([refused(await Promise.all(greedy)), refused(await Promise.all(others))]).toEqual([5, 1]);
    expect(readers).toHaveLength(65 + 64);
    // One of each in turn, behind the one that came first.
    expect(readers.slice(1, 21).filter((client) => client === '192.0.2.2')).toHaveLength(10);
    await server.stop();
  });
});
