import { knownVariables } from '../known-variables.ts';
import { type DatabaseNames, databaseVariables } from './database-names.ts';

/**
 * The names for a database besides the orders: `LEDGER_URL`, `LEDGER_REPLICA_URLS`, `LEDGER_HOST`. Throws `RangeError` if one of
 * them already has a meaning, for the API or for one of `others`.
 */
export function namesOf(database: string, others: readonly DatabaseNames[] = []): DatabaseNames {
  if (!/^[A-Z][A-Z0-9_]*$/.test(database)) throw new RangeError(`${database} must be in capitals, as in LEDGER`);
  const names: DatabaseNames = {
    source: [`${database}_URL`],
    replicas: `${database}_REPLICA_URLS`,
    backup: `${database}_BACKUP_URL`,
    migration: `${database}_MIGRATION_URL`,
    backupMigration: `${database}_BACKUP_MIGRATION_URL`,
    replicaOrder: `${database}_REPLICA_ORDER`,
    prefix: database,
    backupDatabase: null,
  };
  const taken = new Set(
    [...knownVariables.flatMap(({ variables }) => variables), ...others.flatMap(databaseVariables)].map(keyOf),
  );
  const twice = databaseVariables(names).find((own) => taken.has(keyOf(own)));
  if (twice !== undefined)
    throw new RangeError(`${database} cannot be the name of a database: ${twice.name} is in use`);
  return names;
}

/** `DB_SLAVE1_` stands for every number. */
const keyOf = ({ name }: { readonly name: string }) => name.replace(/_SLAVE\d{1,2}_/, '_SLAVE1_');
