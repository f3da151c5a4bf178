import { refusedBecause, type ValueRefusedError } from '../servers/refused-value.ts';
import { InvalidInputError } from './errors.ts';

/** The part of the input that a column comes from. */
const parts: Readonly<Record<string, string>> = {
  number: 'number',
  user_id: 'userId',
  currency: 'currency',
  status: 'status',
  total: 'items',
  charge: 'charge',
  processed_at: 'processedAt',
  version: 'expectedVersion',
  key: 'idempotencyKey',
};
const partsOfItems: Readonly<Record<string, string>> = {
  sku: 'sku',
  name: 'name',
  quantity: 'quantity',
  unit_price: 'unitPrice',
};

/** A value that the database refused, as a fault of the input part that it came from. */
export function refusedInput({ refused: { column, row, why } }: ValueRefusedError): InvalidInputError {
  const item = column === null ? undefined : partsOfItems[column];
  const part = column === null ? undefined : parts[column];
  const path =
    item !== undefined ? ['items', ...(row === null ? [] : [String(row - 1)]), item] : part !== undefined ? [part] : [];
  return new InvalidInputError([{ path, message: refusedBecause[why] }]);
}
