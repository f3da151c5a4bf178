import { maxItems } from '../../orders/order-rules.ts';

/**
 * What a field costs, in points. One point is what it takes to resolve a plain field; a count looks at every row that
 * fits its filter. What is not listed costs one, and a list is taken for ten.
 */

/** `sent` answers an argument as it was sent, `undefined` when it was not. */
export type FieldWeight = {
  /** Points for the field itself. */
  readonly own?: number;
  /** How many rows the field's connection has, which its `ofRows` fields are multiplied by. */
  readonly rows?: (sent: (argument: string) => unknown) => number;
  /** What is selected below it comes once for each row of the connection. */
  readonly ofRows?: true;
  /** How often what is selected below it comes. */
  readonly times?: (sent: (argument: string) => unknown) => number;
  /** How often it may come where `times` is only what is usual. */
  readonly longest?: number;
};

const mostRows = 100;
/** A log that is kept shorter answers fewer. */
const mostRouted = 1000;
/** What this process remembers is read from no server. Its fields are resolved like all others. */
const remembered = 0.35;
const count: FieldWeight = { own: 50 };
const list = (length: number): FieldWeight => ({ times: () => length });
const command: FieldWeight = { own: 20 };

/** More is refused where the page is read, in better words. */
const upTo = (most: number, value: unknown, otherwise: number) =>
  typeof value === 'number' && value >= 0 ? Math.min(value, most) : otherwise;

export const fieldWeights: Readonly<Record<string, FieldWeight>> = {
  'Query.orders': { own: 5, rows: (sent) => upTo(mostRows, sent('last') ?? sent('first'), 20) },
  'Query.nodes': {
    own: 5,
    times: (sent) => {
      const ids = sent('ids');
      return Array.isArray(ids) ? Math.min(ids.length, mostRows) : 1;
    },
  },
  'Query.clusterEventLog': { times: (sent) => upTo(200, sent('last'), 50) * remembered },
  'Query.routingLog': { times: (sent) => upTo(mostRouted, sent('last'), 100) * remembered },
  'ClusterEvent.facts': list(4),
  'OrderConnection.edges': { ofRows: true },
  'OrderConnection.nodes': { ofRows: true },
  'OrderConnection.totalCount': count,
  'OrderCounts.missingCharge': count,
  'OrderCounts.missingProcessedAt': count,
  'OrderCounts.pending': count,
  'OrderCounts.total': count,
  'Order.items': { ...list(4), longest: maxItems },
  'Jobs.deadLetters': { times: (sent) => upTo(200, sent('last'), 50) },
  'Jobs.recent': { times: (sent) => upTo(200, sent('last'), 20) },
  'Mutation.cancelJob': command,
  'Mutation.createOrder': command,
  'Mutation.updateOrder': command,
  'Mutation.deleteOrder': command,
  'Mutation.discardDeadLetters': command,
  'Mutation.recheckOrders': command,
  'Mutation.refreshNewOrders': command,
  'Mutation.replayDeadLetters': command,
};
