/**
 * Who leads a plain cluster when its servers start. All of them start refusing writes. The newest epoch that any of them
 * recorded names the source, wherever it was when the cluster was made: a start undoes no failover, and never lets two
 * histories grow. A server that holds transactions which did not survive one is left alone, and said.
 */
import type { Clock } from '../../platform/clock.ts';
import type { LocalCredentials } from '../directory/secrets.ts';
import type { ServerAddress } from '../server-connection.ts';
import type { ServerFlavour } from '../server-flavour.ts';
import { followSource, leadReplicas } from './replication.ts';
import { isPartOf, newestEpochs, readStanding, type Standing } from './standing.ts';

export type PlainServer = ServerAddress & { readonly name: string; readonly serverId: number; readonly runs: boolean };

export type ArrangeRequest = {
  readonly flavour: ServerFlavour;
  readonly servers: readonly PlainServer[];
  /** The source as far as is known, for a cluster without a promotion. */
  readonly formerSource: string;
  /** The one that has just started, when the others were there before. */
  readonly started: string | null;
  readonly semiSync: boolean;
  readonly credentials: LocalCredentials;
  readonly clock: Clock;
  readonly log: (line: string) => void;
  readonly sourceAddressFor: (replica: string, source: ServerAddress) => Promise<ServerAddress>;
};

/** Resolves to the name of the source, when it accepts writes or does not run. */
export async function arrangeReplication(request: ArrangeRequest): Promise<string> {
  const { flavour, servers, started, semiSync, credentials, clock } = request;
  const running = servers.filter(({ runs }) => runs);
  const standings = await Promise.all(running.map((server) => readStanding(flavour, server, credentials.admin)));
  const source = sourceOf(request, standings);
  const leading = standings.find(({ name }) => name === source.name);
  const others = running.filter(
    ({ name }) => name !== source.name && (started === null || started === source.name || name === started),
  );
  await Promise.all(
    others.map(async (replica) => {
      const standing = standings.find(({ name }) => name === replica.name);
      if (standing === undefined) return;
      if (leading !== undefined && !isPartOf(standing, leading)) {
        request.log(
          `${replica.name} holds transactions that ${source.name} lacks and is left out: npm run cluster -- status`,
        );
        return;
      }
      const isAsked = started === null || started === replica.name;
      if (!isAsked && !standing.isReconnecting) return;
      const address = await request.sourceAddressFor(replica.name, { host: source.host, port: source.port });
      const begin = standing.everFollowed ? null : standing.position;
      const waits = leading !== undefined;
      await followSource({ flavour, replica, source: address, begin, waits, semiSync, credentials, clock });
    }),
  );
  if (leading !== undefined && (started === null || started === source.name)) {
    await leadReplicas({ flavour, source, semiSync: semiSync && servers.length > 1, credentials });
  }
  return source.name;
}

function sourceOf({ servers, formerSource, log }: ArrangeRequest, standings: readonly Standing[]): PlainServer {
  const sourceId = newestEpochs(standings).at(-1)?.sourceId ?? '';
  const named = servers.find(({ name, serverId }) => {
    const id = standings.find((standing) => standing.name === name)?.uuid ?? `${serverId}@`;
    return sourceId !== '' && sourceId.startsWith(id);
  });
  if (named !== undefined && named.name !== formerSource) log(`${named.name} is the source since the last failover`);
  const source = named ?? servers.find(({ name }) => name === formerSource) ?? servers[0];
  if (source === undefined) throw new Error('a cluster has at least one server');
  return source;
}
