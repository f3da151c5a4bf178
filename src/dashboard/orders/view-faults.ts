/** Filters that no order can match, and the fields to blame: reported at the field and never sent. */
import { hundredthsOf } from './amounts.ts';
import type { OrderView } from './order-view.ts';

export type ViewFault = {
  readonly fields: readonly ('number' | 'from' | 'to' | 'min' | 'max')[];
  readonly text: string;
};

/** Maximum length of an order number. */
export const maxCharacters = 32;

export function viewFaults({ number, from, to, min, max }: OrderView): readonly ViewFault[] {
  const faults: ViewFault[] = [];
  if (number.length > maxCharacters) {
    faults.push({ fields: ['number'], text: `An order number has at most ${maxCharacters} characters.` });
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
