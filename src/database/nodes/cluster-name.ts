import { judgeIdentity } from '../../cluster/cluster-identity.ts';
import type { Clock } from '../../platform/clock.ts';
import { flavourOf } from '../../servers/known-flavours.ts';
import type { ServerAddress } from '../../servers/server-address.ts';
import { ServerConnection } from '../../servers/server-connection.ts';
import { readClaims } from './cluster-servers-table.ts';

const patienceMs = 1000;

/** The cluster these servers belong to, according to those that answer; `null` if unknown. Never rejects. */
export async function readClusterName(servers: readonly ServerAddress[], clock: Clock): Promise<string | null> {
  const answers = await Promise.all(servers.map((server) => ask(server, clock).catch(() => null)));
  const seen = answers.filter((answer) => answer !== null);
  const others = seen.map(({ identity }) => identity);
  const claims = seen.flatMap((answer) => answer.claims);
  const verdict = judgeIdentity({ source: null, others }, claims);
  return verdict.kind === 'KNOWN' ? verdict.cluster : null;
}

async function ask(server: ServerAddress, clock: Clock) {
  const connection = new ServerConnection(server, clock, () => undefined);
  try {
    return await connection.use(patienceMs, async (open) => {
      const identity = await flavourOf(open).readIdentity(open);
      return { identity, claims: (await readClaims(open)) ?? [] };
    });
  } finally {
    await connection.close();
  }
}
