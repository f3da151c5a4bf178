import type { InputFault } from '../../orders/errors.ts';

const mostOfOperation = 100;

/** How many faults were told already, by the context of the operation. */
const told = new WeakMap<object, number>();

/** An operation may hold many wrong inputs, or ask for the faults of one many times: of those that are too much, the first of each. */
export function toldFaults(faults: readonly InputFault[], operation: object): InputFault[] {
  const before = told.get(operation) ?? 0;
  const some = faults.slice(0, Math.max(1, mostOfOperation - before));
  told.set(operation, before + some.length);
  return some;
}
