import type { Environment } from './config-environment.ts';
import type { ConfigFault } from './config-fault.ts';
import type { TlsWords } from './platform/server-tls.ts';
import { type Server, serverAt } from './platform/server-url.ts';

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
