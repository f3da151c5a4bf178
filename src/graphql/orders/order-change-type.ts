import { encodeGlobalID } from '@pothos/plugin-relay';
import { BadListRequestError } from '../../orders/errors.ts';
import type { OrderChange, OrderChangeKind } from '../../orders/order-change.ts';
import type { Streamed } from '../../platform/bounded-stream.ts';
import { builder } from '../builder.ts';
import { inTurn } from '../event-turn.ts';
import { orderIdOf } from './order-id.ts';
import { orderType } from './order-type.ts';

const maxIds = 1000;

const kinds = {
  CREATED: { description: 'The order was placed.' },
  UPDATED: { description: 'The order was changed.' },
  DELETED: { description: 'The order was deleted.' },
} as const satisfies Record<OrderChangeKind, { description: string }>;

const kindType = builder.enumType('OrderChangeKind', { description: 'Kinds of changes to an order.', values: kinds });

const orderChangeType = builder.objectRef<Streamed<OrderChange>>('OrderChange').implement({
  description: 'A committed change to an order.',
  fields: (t) => ({
    kind: t.field({ type: kindType, description: 'Kind of change.', resolve: ({ item }) => item.kind }),
    orderId: t.id({ description: 'The `id` of the order.', resolve: ({ item }) => encodeGlobalID('Order', item.id) }),
    order: t.field({
      type: orderType,
      nullable: true,
      description:
        'The order after the change; null if it was deleted. Changes of one order may arrive out of sequence: the ' +
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
        'Reading with it shows at least this change and the earlier ones of this subscription: send it in addition to your own ' +
        'token, in place of the previous one.',
      resolve: ({ item }) => item.token,
    }),
    missed: t.int({
      description:
        'Number of changes dropped before this one because the client read too slowly. If not 0, read again.',
      resolve: ({ missed }) => missed,
    }),
  }),
});

builder.subscriptionField('orderChanged', (t) =>
  t.field({
    type: orderChangeType,
    description:
      'Changes committed to orders from now on, by any API process or worker; without Redis by this process only. ' +
      'Changes that bypass the API are not reported.',
    args: { ids: t.arg.idList({ description: `Only changes of these orders, at most ${maxIds}.` }) },
    subscribe: (_, { ids }, context) => inTurn(context.orderChanges.open(ids == null ? null : wantedIds(ids)), context),
    resolve: (change) => change,
  }),
);

function wantedIds(ids: readonly string[]): bigint[] {
  if (ids.length > maxIds) throw new BadListRequestError(`\`ids\` must hold at most ${maxIds} ids`);
  return ids.flatMap((id) => orderIdOf(id) ?? []);
}
