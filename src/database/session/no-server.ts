import { LimitedFunctionalityError, retryAfterMs } from '../../routing/errors.ts';
import { OwnStatementError } from '../clients/own-statements.ts';

/** What every server refuses, and the backup as the last one: it may hold less than the others. */
export function noServer(cause: unknown): LimitedFunctionalityError {
  return new LimitedFunctionalityError('No server can answer this now', { facts: { retryAfterMs }, cause });
}

/**
 * Prisma's words for what its schema has and a server does not. A statement of the caller's may be wrong itself: of that it
 * only passes on the answer.
 */
const lackedBySchema = new Set(['P1003', 'P2021', 'P2022']);

/** A table or a column is missing: servers lack what the application needs, unless the statement is wrong. */
export function absentOn(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  const isLacked = error instanceof OwnStatementError || (typeof code === 'string' && lackedBySchema.has(code));
  if (!isLacked) return error;
  return new LimitedFunctionalityError('No server has the tables that this version needs: they have to be migrated', {
    facts: { problem: 'NOT_MIGRATED', retryAfterMs },
    cause: error,
  });
}
