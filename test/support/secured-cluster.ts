import { loadTls, type ServerTls, type TlsMode } from '../../src/servers/server-tls.ts';
import { certificates } from './certificates.ts';
import { restartWith } from './restart-with.ts';
import type { TestCluster } from './test-cluster.ts';

/**
 * Restarts every server of a cluster with a certificate for `localhost`, and lets none of them take a connection without TLS
 * any more. Nothing else of a test cluster reaches them then. The caller stops them.
 */
export async function secure(cluster: TestCluster): Promise<{ stop(): Promise<void> }> {
  const { ca, server, serverKey } = certificates;
  const options = [`--ssl-ca=${ca}`, `--ssl-cert=${server}`, `--ssl-key=${serverKey}`];
  const names = cluster.cluster.nodes.map(({ name }) => name);
  const restarted: { stop(): Promise<void> }[] = [];
  const stop = async () => void (await Promise.all(restarted.map((running) => running.stop())));
  try {
    for (const name of names) restarted.push(await restartWith(cluster, name, options));
    for (const name of names) {
      const admin = await cluster.admin(name);
      for (const statement of statementsFor(cluster, name)) await admin.query(statement);
      await admin.end();
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

/** Every server but the backup refuses writes from its start on. */
function statementsFor(cluster: TestCluster, name: string): string[] {
  const variable = cluster.cluster.flavour === 'mysql' ? 'super_read_only' : 'read_only';
  const writes =
    cluster.node(name).role === 'source' ? [`SET GLOBAL ${variable} = OFF`, 'SET GLOBAL read_only = OFF'] : [];
  return [...writes, 'SET GLOBAL require_secure_transport = ON'];
}

export function tlsWith(mode: TlsMode, caFile: string | null = certificates.ca): ServerTls | null {
  const tls = loadTls({ mode, caFile });
  if (typeof tls === 'string') throw new Error(tls);
  return tls;
}
