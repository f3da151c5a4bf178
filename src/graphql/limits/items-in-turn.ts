/**
 * Yields to other requests while resolving many items: lists resolve a few orders at a time, but one order may be
 * selected under many aliases, each with all of its items.
 */
import { defaultFieldResolver, type GraphQLSchema, isObjectType } from 'graphql';
import { afterOthers } from '../../platform/unhurried.ts';

/** As many as the longest list that is resolved without a break usually has: fifteen orders. */
const atOnce = 60;

type Operation = { readonly standBack?: () => Promise<void> };
/** `given`: items resolved since the last yield. */
type Given = { given: number; last: Promise<void> | null };

const givenTo = new WeakMap<object, Given>();

/** Wraps the resolver of items: for an order that was read with its items, it has them without a query. */
export function giveItemsInTurn(schema: GraphQLSchema): void {
  const order = schema.getType('Order');
  const items = isObjectType(order) ? order.getFields().items : undefined;
  if (items === undefined) throw new Error('The schema has no items of orders');
  const { resolve = defaultFieldResolver } = items;
  items.resolve = (...asked) => {
    const found: unknown = resolve(...asked);
    return Array.isArray(found) ? inTurn(asked[2] as Operation, found) : found;
  };
}

function inTurn(operation: Operation, items: readonly unknown[]): readonly unknown[] | Promise<readonly unknown[]> {
  const known = givenTo.get(operation) ?? { given: 0, last: null };
  givenTo.set(operation, known);
  if (known.last === null && (known.given === 0 || known.given + items.length <= atOnce)) return give(known, items);
  const { standBack = afterOthers } = operation;
  const turn = (known.last ?? Promise.resolve()).then(async () => {
    if (known.given + items.length > atOnce) await standBack();
  });
  const given = turn.then(() => give(known, items));
  const last = given.then(() => {
    if (known.last === last) known.last = null;
  });
  known.last = last;
  return given;
}

function give(known: Given, items: readonly unknown[]): readonly unknown[] {
  if (known.given === 0) {
    setImmediate(() => {
      known.given = 0;
    });
  }
  known.given += items.length;
  return items;
}
