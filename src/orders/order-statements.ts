/**
 * The most frequent statements, sent without Prisma's client (own-statements.ts): orders by their keys, first pages and counts with the
 * common filters, a new order. Each returns what Prisma would, which a test compares; all others use Prisma.
 */

import {
  type Cell,
  momentText,
  type OwnStatement,
  parseMoment,
  type Selecting,
} from '../database/clients/own-statements.ts';
import { Decimal, type Order, type OrderStatus } from '../database/orders/order-rows.ts';
import { itemColumns, orderColumns } from './order-columns.ts';
import { isCommon, type OrderFilter } from './order-filter.ts';
import type { OrderSort, OrderSortField } from './order-sort.ts';

// None of the names is a word of SQL: they stand unquoted, as every kind of server reads them.
const columns = orderColumns.join(', ');
const selecting = `SELECT ${columns} FROM orders`;
const byId = `${selecting} WHERE id = ?`;
const byNumber = `${selecting} WHERE number = ?`;

export type OrderKey = { readonly id: bigint } | { readonly number: string };

export function selectOrder(key: OrderKey): Selecting<Order> {
  if ('number' in key) return { sql: byNumber, values: [key.number], row: orderOf };
  const lookup = { id: key.id, many: selectOrders, idOf: ({ id }: Order) => id };
  return { sql: byId, values: [key.id], row: orderOf, lookup };
}

export function selectOrders(ids: readonly bigint[]): Selecting<Order> {
  const marks = ids.map(() => '?').join(', ');
  return { sql: `${selecting} WHERE id IN (${marks})`, values: ids, row: orderOf };
}

const sortColumns = {
  CREATED_AT: ['created_at', 'id'],
  UPDATED_AT: ['updated_at', 'id'],
  TOTAL: ['total', 'id'],
  NUMBER: ['number'],
} as const satisfies Record<OrderSortField, readonly string[]>;

/** The first orders of a list; `null` if the filter is not a common one. */
export function selectFirst(filter: OrderFilter, sort: OrderSort, count: number): Selecting<Order> | null {
  const where = conditionsOf(filter);
  if (where === null) return null;
  const sorting = sortColumns[sort.field].map((column) => `${column} ${sort.direction}`).join(', ');
  const sql = `${selecting}${where.text} ORDER BY ${sorting} LIMIT ?`;
  return { sql, values: [...where.values, count], row: orderOf };
}

/** The number of orders; `null` if the filter is not a common one. */
export function selectCount(filter: OrderFilter): Selecting<number> | null {
  const where = conditionsOf(filter);
  if (where === null) return null;
  const sql = `SELECT COUNT(*) FROM orders${where.text}`;
  return { sql, values: where.values, row: ([count]) => Number(count) };
}

function conditionsOf(filter: OrderFilter): { readonly text: string; readonly values: readonly Cell[] } | null {
  const { status, missingCharge, missingProcessedAt } = filter;
  if (!isCommon(filter) || status?.length === 0) return null;
  const isMissing = (column: string, missing: boolean) => `${column} IS ${missing ? '' : 'NOT '}NULL`;
  const conditions = [
    ...(status === undefined ? [] : [`status IN (${status.map(() => '?').join(', ')})`]),
    ...(missingCharge === undefined ? [] : [isMissing('charge', missingCharge)]),
    ...(missingProcessedAt === undefined ? [] : [isMissing('processed_at', missingProcessedAt)]),
  ];
  return { text: conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`, values: status ?? [] };
}

export type NewOrder = {
  readonly number: string;
  readonly userId: bigint;
  /** Amounts are decimal text. */
  readonly total: string;
  readonly currency: string;
  readonly charge: string | null;
  readonly processedAt: Date | null;
  readonly createdAt: Date;
};

/** Initial values of every order. Sent explicitly, because the table's own defaults may differ or be missing. */
const beginning = { status: 'PENDING', version: 1 } as const satisfies Pick<Order, 'status' | 'version'>;

type NewOrderColumn = Exclude<(typeof orderColumns)[number], 'id'>;
const newOrderColumns = orderColumns.filter((column): column is NewOrderColumn => column !== 'id');
const inserting = `INSERT INTO orders (${newOrderColumns.join(', ')}) VALUES (${newOrderColumns.map(() => '?').join(', ')})`;

/** Returned with the id that the database assigned. */
export function insertOrder(order: NewOrder): OwnStatement {
  const createdAt = momentText(order.createdAt);
  const cells = {
    number: order.number,
    user_id: order.userId,
    status: beginning.status,
    total: order.total,
    currency: order.currency,
    charge: order.charge,
    processed_at: order.processedAt && momentText(order.processedAt),
    version: beginning.version,
    created_at: createdAt,
    updated_at: createdAt,
  } satisfies Record<NewOrderColumn, Cell>;
  return { sql: inserting, values: newOrderColumns.map((column) => cells[column]), numbered: 'id' };
}

export type NewItem = {
  readonly line: number;
  readonly sku: string;
  readonly name: string;
  readonly quantity: number;
  readonly unitPrice: string;
};

const insertingItems = `INSERT INTO order_items (${itemColumns.join(', ')}) VALUES`;

export function insertItems(orderId: bigint, items: readonly NewItem[]): OwnStatement {
  const rows = items.map(() => '(?, ?, ?, ?, ?, ?)').join(', ');
  return {
    sql: `${insertingItems} ${rows}`,
    values: items.flatMap(({ line, sku, name, quantity, unitPrice }) => [
      orderId,
      line,
      sku,
      name,
      quantity,
      unitPrice,
    ]),
  };
}

function orderOf(cells: readonly Cell[]): Order {
  const [id, number, userId, status, total, currency, charge, processedAt, version, createdAt, updatedAt] = cells;
  return {
    id: BigInt(id as bigint),
    number: String(number),
    userId: BigInt(userId as bigint),
    status: status as OrderStatus,
    total: new Decimal(String(total)),
    currency: String(currency),
    charge: charge === null ? null : new Decimal(String(charge)),
    processedAt: processedAt === null ? null : parseMoment(String(processedAt)),
    version: Number(version),
    createdAt: parseMoment(String(createdAt)),
    updatedAt: parseMoment(String(updatedAt)),
  };
}
