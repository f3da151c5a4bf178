import { maxItems } from '../../orders/order-rules.ts';

/**
 * Cost of a field in points. One point is the cost of resolving a plain field; a count scans every row that matches its filter.
 * Fields not listed cost one, and lists count as ten.
 */

/** `sent` returns an argument as it was sent, `undefined` if it was not. */
export type FieldWeight = {
  /** Points for the field itself. */
  readonly own?: number;
  /** Number of rows of the field's connection, which multiplies its `ofRows` fields. */
  readonly rows?: (sent: (argument: string) => unknown) => number;
  /** The selection below it repeats for each row of the connection. */
  readonly ofRows?: true;
  /** How often the selection below it repeats. */
  readonly times?: (sent: (argument: string) => unknown) => number;
  /** The maximum, if `times` is only typical. */
  readonly longest?: number;
};

const maxRows = 100;
/** A log configured to be shorter returns fewer. */
const maxRouted = 1000;
/** Served from memory, without a server. Its fields cost the same as others. */
const remembered = 0.35;
const count: FieldWeight = { own: 50 };
const list = (length: number): FieldWeight => ({ times: () => length });
const command: FieldWeight = { own: 20 };

/** A larger page is refused where the page is read, with a better message. */
const upTo = (most: number, value: unknown, otherwise: number) =>
  typeof value === 'number' && value >= 0 ? Math.min(value, most) : otherwise;

export const fieldWeights: Readonly<Record<string, FieldWeight>> = {
  'Query.orders': { own: 5, rows: (sent) => upTo(maxRows, sent('last') ?? sent('first'), 20) },
  'Query.nodes': {
    own: 5,
    times: (sent) => {
      const ids = sent('ids');
      return Array.isArray(ids) ? Math.min(ids.length, maxRows) : 1;
    },
  },
  'Query.clusterEventLog': { times: (sent) => upTo(200, sent('last'), 50) * remembered },
  'Query.routingLog': { times: (sent) => upTo(maxRouted, sent('last'), 100) * remembered },
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
