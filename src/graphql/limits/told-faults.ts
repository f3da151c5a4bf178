import type { InputFault } from '../../orders/errors.ts';

const maxOfOperation = 100;

/** Number of faults reported so far, by the context of the operation. */
const told = new WeakMap<object, number>();

/** Many inputs of one operation may be wrong, or one repeated many times: beyond the limit only the first fault of each is reported. */
export function toldFaults(faults: readonly InputFault[], operation: object): InputFault[] {
  const before = told.get(operation) ?? 0;
  const some = faults.slice(0, Math.max(1, maxOfOperation - before));
  told.set(operation, before + some.length);
  return some;
}
