import { GraphQLInt, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { describe, expect, it } from 'vitest';
import { ClusterEvents } from '../../../src/cluster/cluster-events.ts';
import { ClusterEventFeed } from '../../../src/graphql/cluster/cluster-event-feed.ts';
import type { OperationContext } from '../../../src/graphql/context.ts';
import { inTurn } from '../../../src/graphql/event-turn.ts';
import { schema } from '../../../src/graphql/schema.ts';
import { OrderChanges } from '../../../src/orders/order-changes.ts';
import { BoundedStream } from '../../../src/platform/bounded-stream.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { until } from '../../support/until.ts';
import { makeMemoryLog, startTinyServer } from './tiny-server.ts';

const from = (address: string) => ({ accept: 'text/event-stream', 'x-forwarded-for': address });
const fieldsOfEvent = 40;
const openStreams = 60;

/** A subscription to events of many fields, which counts those that are resolved. */
function counting() {
  const counted = { resolved: 0 };
  const streams: BoundedStream<number>[] = [];
  const field = {
    type: GraphQLInt,
    resolve: () => {
      counted.resolved += 1;
      return 1;
    },
  };
  const fields = Object.fromEntries(Array.from({ length: fieldsOfEvent }, (_, index) => [`f${index}`, field]));
  const event = new GraphQLObjectType({ name: 'Event', fields });
  const subscription = new GraphQLObjectType({
    name: 'Subscription',
    fields: {
      event: {
        type: event,
        resolve: () => ({}),
        subscribe: (_, __, context: OperationContext) => {
          const stream = new BoundedStream<number>(10, () => undefined);
          streams.push(stream);
          return inTurn(stream, context);
        },
      },
    },
  });
  const query = new GraphQLObjectType({ name: 'Query', fields: { hello: { type: GraphQLString } } });
  return { counted, streams, fields, schema: new GraphQLSchema({ query, subscription }) };
}

describe('an event that many streams ask for', () => {
  it('is worked on a few streams at a time', async () => {
    const { counted, streams, fields, schema } = counting();
    const { server, post } = await startTinyServer({ schema });
    const query = `subscription { event { ${Object.keys(fields).join(' ')} } }`;
    // Held to the end: Node ends the stream of an answer that is collected unread.
    const answers: Response[] = [];
    while (answers.length < openStreams) answers.push(await post({ query }, from('192.0.2.1')));
    await until('all streams are read', () => streams.length === openStreams);
    await new Promise<void>((resolve) => setImmediate(resolve));
    for (const stream of streams) stream.write(1);
    const turns: number[] = [];
    while (counted.resolved < openStreams * fieldsOfEvent) {
      const before = counted.resolved;
      await new Promise<void>((resolve) => setImmediate(resolve));
      turns.push(counted.resolved - before);
    }
    // Two slices at most in one turn of the event loop.
    expect(Math.max(...turns)).toBeLessThanOrEqual(2 * (500 + fieldsOfEvent));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    await server.stop();
  });

  it('is told in its turn by every subscription there is', async () => {
    const { log } = makeMemoryLog();
    const events = new ClusterEvents({ clock: systemClock, log });
    for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) {
      let turns = 0;
      const stream = new BoundedStream<unknown>(10, () => undefined);
      const orderChanges = { open: () => stream };
      const context = {
        client: 'a',
        orderChanges: field.name === 'orderChanged' ? orderChanges : new OrderChanges(null),
        clusterEvents: field.name === 'clusterEvents' ? orderChanges : new ClusterEventFeed(events),
        routingLog: orderChanges,
        jobs: { follow: async () => stream },
        eventTurn: () => {
          turns += 1;
          return null;
        },
      };
      const subscribed = await field.subscribe?.({}, { id: `j${'0'.repeat(24)}` }, context, {} as never);
      const told = subscribed as AsyncIterator<unknown>;
      stream.write(1);
      await told.next();
      expect([field.name, turns]).toEqual([field.name, 1]);
    }
  });
});

describe('the streams of one client', () => {
  const items = '{ line sku name quantity unitPrice lineTotal }';
  const heavy = `subscription { orderChanged { order { ${Array.from({ length: 15 }, (_, i) => `a${i}: items ${items}`).join(' ')} } } }`;
  const light = 'subscription { orderChanged { kind orderId missed order { id number status version } } }';

  it('cost so much together with each event, and leave the others theirs', async () => {
    const { server, post } = await startTinyServer({ schema });
    const first = await post({ query: heavy }, from('192.0.2.1'));
    expect(first.status).toBe(200);
    const second = await post({ query: heavy }, from('192.0.2.1'));
    expect([second.status, second.headers.get('retry-after')]).toEqual([429, '10']);
    expect(await second.text()).toContain('"code":"TOO_MANY_STREAMS"');
    expect((await post({ query: heavy }, from('192.0.2.2'))).status).toBe(200);
    await first.body?.cancel();
    await until('there is room again', async () => (await post({ query: light }, from('192.0.2.1'))).status === 200);
    await server.stop();
  });

  it('are as many as one may open while they ask for what a page shows', async () => {
    const { server, post } = await startTinyServer({ schema });
    for (let opened = 0; opened < 100; opened += 1) {
      expect((await post({ query: light }, from('192.0.2.1'))).status).toBe(200);
    }
    await server.stop();
  });
});
