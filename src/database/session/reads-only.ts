/**
 * What the client of a session lets past the router: nothing. The extension that splits reads from writes sends everything that
 * is not a read of a model past the router: no token would cover what it wrote or saw. A raw query is a read of
 * the session like any other; if it writes, the server refuses it, since sessions are read-only (session-settings.ts). Writes
 * belong in `write`, and so do transactions.
 */
import { Prisma } from '@prisma/client/extension';
import { DatabaseReadOnlyError, NotAReadError } from '../errors.ts';
import type { DatabaseScope } from './database-scope.ts';
import { readHere } from './read-through-session.ts';
import { isRead } from './refusing-writes.ts';

const rawReads: ReadonlySet<string> = new Set(['$queryRaw', '$queryRawUnsafe']);

/** Prisma's types omit how it marks an operation that is part of a transaction. */
type Given = { readonly __internalParams?: { readonly transaction?: unknown } };

const refused = (operation: string) => (): never => {
  throw new NotAReadError(undefined, operation);
};

/** `onlyReads`: for a database that is never written. */
export function readsOnly(scope: DatabaseScope, { onlyReads = false }: { readonly onlyReads?: boolean }) {
  return Prisma.defineExtension({
    name: 'tidemark-reads-only',
    // The ways of the splitting round itself.
    client: { $primary: refused('$primary'), $replica: refused('$replica') },
    query: {
      $allOperations: (asked) => {
        const { model, operation, args } = asked;
        const transaction = (asked as Given).__internalParams?.transaction;
        if (onlyReads && !isRead(operation)) throw new DatabaseReadOnlyError(scope.name);
        if (transaction !== undefined || !rawReads.has(operation)) throw new NotAReadError(model, operation);
        return readHere(scope, undefined, operation, args);
      },
    },
  });
}
