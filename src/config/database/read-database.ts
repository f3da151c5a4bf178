import type { Server } from '../../servers/server-address.ts';
import { serverAt } from '../../servers/server-url.ts';
import type { ConfigFault } from '../config-fault.ts';
import type { Environment } from '../environment.ts';
import { readVariable } from '../part.ts';
import { type DatabaseNames, replicaOrderOf } from './database-names.ts';
import type { NodeConfig } from './node-config.ts';
import { readNodes } from './read-nodes.ts';
import type { TlsDefaults } from './tls-defaults.ts';

/** The servers of one database, as the environment describes them. */
export type DatabaseRead = {
  /** `null`: no servers are named. */
  readonly nodes: readonly NodeConfig[] | null;
  /** Servers, with accounts that may change the schema. */
  readonly migration: Server | null;
  readonly backupMigration: Server | null;
  readonly faults: readonly ConfigFault[];
};

/** Reads any database: `names` decides which. */
export function readDatabase(environment: Environment, names: DatabaseNames, tls: TlsDefaults): DatabaseRead {
  const order = readVariable(replicaOrderOf(names), environment);
  const nodes = readNodes(environment, names, 'value' in order ? (order.value ?? 'balanced') : 'balanced', tls);
  const faults = [...('faults' in order ? order.faults : []), ...(nodes?.faults ?? [])];
  const serverIn = (name: string): Server | null => {
    const url = environment[name];
    const server = url === undefined ? null : serverAt(url, { tls: tls.words });
    if (typeof server !== 'string') return server;
    faults.push({ name, fault: server });
    return null;
  };
  const migration = serverIn(names.migration);
  const backupMigration = serverIn(names.backupMigration);
  return { nodes: nodes?.nodes ?? null, migration, backupMigration, faults };
}
