import type { ServerTerms } from '../../cluster/server-terms.ts';

export const postgresqlTerms: ServerTerms = {
  readOnlyVariable: 'default_transaction_read_only',
  refuseWrites: 'ALTER SYSTEM SET default_transaction_read_only = on; SELECT pg_reload_conf()',
  leaveSource: 'SELECT pg_promote()',
  logRight: null,
  // Its log has a place for each write, whatever its settings.
  numberedBy: [],
  // A standby follows its primary's log, whole and by its places.
  followByNumber: () => '',
  withoutFilter: () => '',
};
