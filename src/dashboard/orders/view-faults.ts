/** Filters that no order can fit, and which fields say so: told at the field, and never asked. */
import { hundredthsOf } from './amounts.ts';
import type { OrderView } from './order-view.ts';

export type ViewFault = {
  readonly fields: readonly ('number' | 'from' | 'to' | 'min' | 'max')[];
  readonly text: string;
};

/** Of an order's number. */
export const mostCharacters = 32;

export function viewFaults({ number, from, to, min, max }: OrderView): readonly ViewFault[] {
  const faults: ViewFault[] = [];
  if (number.length > mostCharacters) {
    faults.push({ fields: ['number'], text: `An order number has at most ${mostCharacters} characters.` });
  }
  if (from !== '' && to !== '' && from > to) {
    faults.push({ fields: ['from', 'to'], text: '“Created from” is after “Created to”.' });
  }
  const [least, most] = [hundredthsOf(min), hundredthsOf(max)];
  if (least !== null && most !== null && least > most) {
    faults.push({ fields: ['min', 'max'], text: '“Total at least” is above “Total at most”.' });
  }
  return faults;
}
