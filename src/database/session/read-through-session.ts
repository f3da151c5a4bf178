import { Prisma } from '@prisma/client/extension';
import type { DatabaseScope } from './database-scope.ts';

type Method = (...given: readonly unknown[]) => Promise<unknown>;
type ModelMethods = Readonly<Record<string, Readonly<Record<string, Method>>>>;
type ClientMethods = Readonly<Record<string, Method>>;

/** The same operation on the node that the router chose for the current session. */
export function readHere(
  scope: DatabaseScope,
  model: string | undefined,
  operation: string,
  args: unknown,
): Promise<unknown> {
  return scope.reader.read((client) => {
    // Prisma types models one by one; by name they are all alike.
    const target = model === undefined ? (client as ClientMethods) : (client as ModelMethods)[model];
    const run = target?.[operation];
    if (run === undefined) throw new Error(`The Prisma client has no ${model ?? 'client'}.${operation}`);
    // The arguments of a text that was put together come as a list: the text, then its values.
    return Array.isArray(args) ? run.apply(target, args) : run.call(target, args);
  });
}

/**
 * A Prisma client extension for the one client that stands for all replicas: each read runs on the node that the router
 * chose for the current session of its database, never on the client that was extended.
 */
export function healthGating(scope: DatabaseScope) {
  return Prisma.defineExtension({
    name: 'tidemark-health-gating',
    query: {
      $allOperations: ({ model, operation, args }) => readHere(scope, model, operation, args),
    },
  });
}
