import { judgeIdentity } from '../cluster/cluster-identity.ts';
import type { Clock } from '../platform/clock.ts';
import { readClaims } from './cluster-servers-table.ts';
import type { ServerAddress } from './server-address.ts';
import { rowsOf, ServerConnection } from './server-connection.ts';
import { statementsFor } from './statements/choose-statements.ts';
import { textOf } from './statements/server-statements.ts';

const patienceMs = 1000;

/** Which cluster these servers are, as those say that answer; `null` when nobody knows. Never rejects. */
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
      const [row] = rowsOf(await open.query(statementsFor(open).look));
      return { identity: textOf(row ?? {}, 'identity'), claims: (await readClaims(open)) ?? [] };
    });
  } finally {
    await connection.close();
  }
}
