/**
 * What the work at hand belongs to, found again behind every await. All scopes keep theirs in one store: for every promise that
 * is made Node asks every store, whoever uses it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

const stores = new AsyncLocalStorage<ReadonlyMap<AsyncScope<unknown>, unknown>>();

export class AsyncScope<T> {
  /** Nothing is taken away from the other scopes around `work`. */
  run<Result>(value: T, work: () => Result): Result {
    return stores.run(new Map(stores.getStore()).set(this, value), work);
  }

  /** `undefined` outside of it. */
  current(): T | undefined {
    // Nobody else puts anything there for this scope.
    return stores.getStore()?.get(this) as T | undefined;
  }
}
