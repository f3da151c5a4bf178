import { encodeGlobalID } from '@pothos/plugin-relay';
import { BadListRequestError } from '../../orders/errors.ts';
import type { OrderChange, OrderChangeKind } from '../../orders/order-change.ts';
import type { Streamed } from '../../platform/bounded-stream.ts';
import { builder } from '../builder.ts';
import { inTurn } from '../event-turn.ts';
import { orderIdOf } from './order-id.ts';
import { orderType } from './order-type.ts';

const mostIds = 1000;

const kinds = {
  CREATED: { description: 'It was placed.' },
  UPDATED: { description: 'It was changed.' },
  DELETED: { description: 'It is gone.' },
} as const satisfies Record<OrderChangeKind, { description: string }>;

const kindType = builder.enumType('OrderChangeKind', { description: 'What happened to an order.', values: kinds });

const orderChangeType = builder.objectRef<Streamed<OrderChange>>('OrderChange').implement({
  description: 'Something that was committed to an order.',
  fields: (t) => ({
    kind: t.field({ type: kindType, description: 'What happened to it.', resolve: ({ item }) => item.kind }),
    orderId: t.id({ description: 'The `id` of the order.', resolve: ({ item }) => encodeGlobalID('Order', item.id) }),
    order: t.field({
      type: orderType,
      nullable: true,
      description:
        'The order as the change left it; null when it was deleted. Changes of one order may arrive out of sequence: the ' +
        'greatest `version` is the newest.',
      resolve: ({ item }) => item.order,
    }),
    at: t.field({
      type: 'DateTime',
      description: 'When it was committed.',
      resolve: ({ item }) => new Date(item.atMs),
    }),
    consistencyToken: t.string({
      description:
        'Reading with it shows at least this change and those that this subscription told before it: add it to what you have ' +
        'seen, in the place of the one before.',
      resolve: ({ item }) => item.token,
    }),
    missed: t.int({
      description: 'How many changes before this one were dropped, because you read too slowly. Then read again.',
      resolve: ({ missed }) => missed,
    }),
  }),
});

builder.subscriptionField('orderChanged', (t) =>
  t.field({
    type: orderChangeType,
    description:
      'What is committed to orders from now on, by any API process or worker; without Redis by this process only. ' +
      'Changes that are made in the database past the API are not told.',
    args: { ids: t.arg.idList({ description: `Only changes of these orders, at most ${mostIds}.` }) },
    subscribe: (_, { ids }, context) => inTurn(context.orderChanges.open(ids == null ? null : wantedIds(ids)), context),
    resolve: (change) => change,
  }),
);

function wantedIds(ids: readonly string[]): bigint[] {
  if (ids.length > mostIds) throw new BadListRequestError(`\`ids\` must hold at most ${mostIds} ids`);
  return ids.flatMap((id) => orderIdOf(id) ?? []);
}
