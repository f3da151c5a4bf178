import type { TlsWords } from '../../servers/server-tls.ts';
import { type Server, serverAt } from '../../servers/server-url.ts';
import type { ConfigFault } from '../config-fault.ts';
import type { Environment } from '../environment.ts';

export const migrationNames = ['MIGRATION_URL', 'BACKUP_MIGRATION_URL'] as const;

export type MigrationsRead = {
  readonly source: Server | null;
  readonly backup: Server | null;
  readonly faults: readonly ConfigFault[];
};

/** Servers with accounts that may change their schema. */
export function readMigrations(environment: Environment, tls: TlsWords): MigrationsRead {
  const faults: ConfigFault[] = [];
  const [source, backup] = migrationNames.map((name): Server | null => {
    const url = environment[name];
    const server = url === undefined ? null : serverAt(url, { tls });
    if (typeof server !== 'string') return server;
    faults.push({ name, fault: server });
    return null;
  });
  return { source: source ?? null, backup: backup ?? null, faults };
}
