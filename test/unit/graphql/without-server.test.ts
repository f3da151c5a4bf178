import { execute, GraphQLError, OperationTypeNode, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../../src/graphql/schema.ts';
import { isWithoutServer } from '../../../src/graphql/without-server.ts';
import { writeDeadLetterId } from '../../../src/jobs/job-ids.ts';

const job = `j${'0'.repeat(24)}`;
const letter = writeDeadLetterId({ kind: 'RECHECK_ORDERS', id: `${job}-1` });
const union = '{ ... on UserError { message } __typename }';

/** One operation for each root field; a field that is missing here fails the test. */
const operations: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  query: {
    cluster: '{ cluster { verdict nodes { name } } }',
    clusterEventLog: '{ clusterEventLog { __typename } }',
    jobs: '{ jobs { __typename } }',
    node: '{ node(id: "T3JkZXI6MQ==") { id } }',
    nodes: '{ nodes(ids: ["T3JkZXI6MQ=="]) { id } }',
    order: '{ order(by: { number: "T-1" }) { number } }',
    orderCounts: '{ orderCounts { total } }',
    orders: '{ orders { nodes { number } } }',
    routingLog: '{ routingLog { sequence } }',
  },
  mutation: {
    cancelJob: `mutation { cancelJob(input: { id: "${job}" }) ${union} }`,
    createOrder: `mutation { createOrder(input: { userId: "1", currency: "EUR", items: [{ sku: "A", name: "a", quantity: 1, unitPrice: "1.00" }] }) ${union} }`,
    deleteOrder: `mutation { deleteOrder(input: { id: "T3JkZXI6MQ==", expectedVersion: 1 }) ${union} }`,
    discardDeadLetters: `mutation { discardDeadLetters(input: { ids: ["${letter}"] }) ${union} }`,
    recheckOrders: `mutation { recheckOrders(input: { where: { status: [PAID] } }) ${union} }`,
    refreshNewOrders: `mutation { refreshNewOrders(input: {}) ${union} }`,
    replayDeadLetters: `mutation { replayDeadLetters(input: { ids: ["${letter}"] }) ${union} }`,
    updateOrder: `mutation { updateOrder(input: { id: "T3JkZXI6MQ==", expectedVersion: 1, status: PAID }) ${union} }`,
  },
};

const kinds = [OperationTypeNode.QUERY, OperationTypeNode.MUTATION];

/** What only an operation with a session is given. */
const ofSessions = ['session', 'orders', 'consistencyToken', 'pageToken'];

/** Whether the operation asks for anything of a session. */
async function asksForSession(text: string): Promise<boolean> {
  let asked = false;
  const nothing: unknown = new Proxy(() => nothing, { get: (_, name) => (name === 'then' ? undefined : nothing) });
  const contextValue = new Proxy(
    {},
    {
      get: (_, name) => {
        if (!ofSessions.includes(String(name))) return name === 'routingLog' ? null : nothing;
        asked = true;
        throw new GraphQLError('There is no session');
      },
    },
  );
  const document = parse(text);
  expect(validate(schema, document)).toEqual([]);
  await execute({ schema, document, contextValue });
  return asked;
}

describe.each(kinds)('every field of a %s', (kind) => {
  it('is in the table', () => {
    const fields = Object.keys(schema.getRootType(kind)?.getFields() ?? {});
    expect(Object.keys(operations[kind] ?? {}).sort()).toEqual(fields.sort());
  });

  it.each(Object.entries(operations[kind] ?? {}))(
    'is marked when it needs no server, and only then: %s',
    async (name, text) => {
      expect(await asksForSession(text)).toBe(!isWithoutServer(schema, kind, name));
    },
  );
});
