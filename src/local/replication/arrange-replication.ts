/**
 * Which server leads a plain cluster when its servers start. All of them start refusing writes. The newest epoch that any of
 * them has recorded names the source, whichever server it was originally: a start undoes no failover, and never lets two
 * histories grow. A server with transactions that did not survive a failover is left alone, and reported.
 */

import type { Clock } from '../../platform/clock.ts';
import { commandLine } from '../../platform/command-line.ts';
import type { LocalAccount, LocalServer } from '../../servers/local-servers.ts';
import { localServers } from '../programs/known-programs.ts';
import type { ServerAddress } from '../server-connection.ts';
import type { ServerFlavour } from '../server-flavour.ts';
import { followSource } from './replication.ts';
import { isPartOf, newestEpochs, readStanding, type Standing } from './standing.ts';

export type PlainServer = LocalServer & { readonly serverId: number; readonly runs: boolean };

export type ArrangeRequest = {
  readonly flavour: ServerFlavour;
  readonly servers: readonly PlainServer[];
  /** The last known source, for a cluster without a promotion. */
  readonly formerSource: string;
  /** The server that has just started, if the others were running before. */
  readonly started: string | null;
  readonly semiSync: boolean;
  readonly account: LocalAccount;
  readonly clock: Clock;
  readonly log: (line: string) => void;
  readonly sourceAddressFor: (replica: string, source: ServerAddress) => Promise<ServerAddress>;
};

/** Resolves to the name of the source once it accepts writes, or if it is not running. */
export async function arrangeReplication(request: ArrangeRequest): Promise<string> {
  const { flavour, servers, started, semiSync, account, clock } = request;
  const running = servers.filter(({ runs }) => runs);
  const standings = await Promise.all(running.map((server) => readStanding(flavour, server)));
  const source = sourceOf(request, standings);
  const leading = standings.find(({ name }) => name === source.name);
  const others = running.filter(
    ({ name }) => name !== source.name && (started === null || started === source.name || name === started),
  );
  await Promise.all(
    others.map(async (replica) => {
      const standing = standings.find(({ name }) => name === replica.name);
      if (standing === undefined) return;
      const isPart = leading === undefined || isPartOf(standing, leading);
      if (!isPart && !(await localServers(flavour).hasOnlyUpkeepBeyond?.(replica, source))) {
        request.log(
          `${replica.name} holds transactions that ${source.name} lacks, and is left out: ${commandLine('cluster', 'status')}`,
        );
        return;
      }
      const isAsked = started === null || started === replica.name;
      if (!isAsked && !standing.isReconnecting) return;
      if (!isPart)
        request.log(`${replica.name} begins anew, with a copy of ${source.name}: it holds no transaction of its own`);
      const address = await request.sourceAddressFor(replica.name, { host: source.host, port: source.port });
      const begin = standing.everFollowed ? null : standing.position;
      const waits = leading !== undefined;
      await followSource({
        flavour,
        replica,
        source: address,
        begin,
        anew: !isPart,
        waits,
        acknowledges: semiSync,
        account,
        clock,
      });
    }),
  );
  if (leading !== undefined && (started === null || started === source.name)) {
    const replicas = servers.filter(({ name }) => name !== source.name).map(({ name }) => name);
    await localServers(flavour).lead(source, { acknowledged: semiSync && replicas.length > 0, replicas });
  }
  return source.name;
}

function sourceOf({ servers, formerSource, log }: ArrangeRequest, standings: readonly Standing[]): PlainServer {
  const sourceId = newestEpochs(standings).at(-1)?.sourceId ?? '';
  const named = servers.find(({ name, serverId }) => {
    const id = standings.find((standing) => standing.name === name)?.id ?? String(serverId);
    return sourceId === id || sourceId.startsWith(`${id}@`);
  });
  if (named !== undefined && named.name !== formerSource) log(`${named.name} is the source since the last failover`);
  const source = named ?? servers.find(({ name }) => name === formerSource) ?? servers[0];
  if (source === undefined) throw new Error('a cluster has at least one server');
  return source;
}
