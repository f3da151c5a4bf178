import { momentInWords } from '../shell/zoned-time.ts';
import { readableAmount } from './amounts.ts';
import type { EditableField } from './merge-changes.ts';
import type { OrderStatus } from './order-view.ts';
import { statusWords } from './status-words.ts';

export const fieldWords: Readonly<Record<EditableField, string>> = {
  status: 'Status',
  charge: 'Charge',
  processedAt: 'Processed',
};

/** The value of a field for display. */
export function valueInWords(field: EditableField, value: string, zone: string): string {
  if (value === '') return 'empty';
  if (field === 'status') return statusWords[value as OrderStatus] ?? value;
  return field === 'charge' ? readableAmount(value) : momentInWords(value, zone);
}
