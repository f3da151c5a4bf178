/**
 * What the work at hand belongs to, found again behind every await. One store for all of it: for every promise that is made
 * Node asks every store, whoever uses it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { SessionReader } from './current-session.ts';
import type { SnapshotScope } from './positioned-snapshot.ts';
import type { WriteCapture } from './write-capture.ts';

export type AsyncScope = {
  readonly reader?: SessionReader;
  readonly capture?: WriteCapture;
  readonly snapshot?: SnapshotScope;
};

const scopes = new AsyncLocalStorage<AsyncScope>();
const nothing: AsyncScope = {};

/** Runs `work` in `scope`, and in what is around it already. */
export function inScope<T>(scope: AsyncScope, work: () => T): T {
  return scopes.run({ ...scopes.getStore(), ...scope }, work);
}

export function currentScope(): AsyncScope {
  return scopes.getStore() ?? nothing;
}
