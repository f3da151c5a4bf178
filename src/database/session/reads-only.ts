/**
 * What the client of a session lets through past the router: nothing. The splitting of reads and writes sends whatever is no read
 * of a model there, past the router: no token would tell of what it wrote, and none of what it saw. A raw query is a read of
 * the session like any other; one that writes the server refuses, since sessions are set so (session-settings.ts). A write
 * belongs into `write`, and so does a transaction.
 */
import { Prisma } from '@prisma/client/extension';
import { DatabaseReadOnlyError, NotAReadError } from '../errors.ts';
import type { DatabaseScope } from './database-scope.ts';
import { readHere } from './read-through-session.ts';
import { isRead } from './refusing-writes.ts';

const rawReads: ReadonlySet<string> = new Set(['$queryRaw', '$queryRawUnsafe']);

/** Prisma's types leave out how it says that an operation is part of a transaction. */
type Given = { readonly __internalParams?: { readonly transaction?: unknown } };

const refused = (operation: string) => (): never => {
  throw new NotAReadError(undefined, operation);
};

/** `onlyReads`: of a database that is not written at all. */
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
