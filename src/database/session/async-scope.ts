/**
 * The context of the running work, available after every await. All scopes share one store, because for every promise
 * Node calls every store, used or not.
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
    // Only this scope stores anything under this key.
    return stores.getStore()?.get(this) as T | undefined;
  }
}
