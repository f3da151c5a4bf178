import { Prisma } from '@prisma/client/extension';
import { DatabaseReadOnlyError } from '../errors.ts';
import type { DatabaseScope } from './database-scope.ts';

const reading: ReadonlySet<string> = new Set([
  'aggregate',
  'count',
  'findFirst',
  'findFirstOrThrow',
  'findMany',
  'findUnique',
  'findUniqueOrThrow',
  'groupBy',
  '$queryRaw',
  '$queryRawUnsafe',
]);

/** Of a model, or raw: what a raw text does in truth the server finds out. */
export const isRead = (operation: string): boolean => reading.has(operation);

/** A Prisma client extension that refuses what writes, before it is sent. What a raw statement does the server knows. */
export function refusingWrites(scope: DatabaseScope, met: { faultsMet(fault: 'READ_ONLY'): number }) {
  return Prisma.defineExtension({
    name: 'tidemark-refusing-writes',
    query: {
      $allOperations: async ({ operation, args, query }) => {
        if (!isRead(operation)) throw new DatabaseReadOnlyError(scope.name);
        const before = met.faultsMet('READ_ONLY');
        try {
          return await query(args);
        } catch (error) {
          throw met.faultsMet('READ_ONLY') > before ? new DatabaseReadOnlyError(scope.name, error) : error;
        }
      },
    },
  });
}
