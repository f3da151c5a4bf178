import type { Position } from '../../consistency/position.ts';
import type { Clock } from '../../platform/clock.ts';
import { flavours } from '../../servers/flavours.ts';
import type { LocalAccount, LocalServer } from '../../servers/local-servers.ts';
import { ServerStartError } from '../local-errors.ts';
import { localServers } from '../programs/known-programs.ts';
import { onServer, type ServerAddress } from '../server-connection.ts';
import type { ServerFlavour } from '../server-flavour.ts';

export type ReplicationState = {
  readonly receiving: boolean;
  readonly applying: boolean;
  readonly error: string | null;
};

/** A replica's own report; null if it is not a replica. */
export async function readReplication(
  flavour: ServerFlavour,
  address: ServerAddress,
  account: LocalAccount,
): Promise<ReplicationState | null> {
  const { probe } = flavours[flavour].control;
  const { receiver, applier, replicationError } = await onServer({ ...address, flavour }, account, probe);
  if (receiver === 'NONE') return null;
  return { receiving: receiver === 'CONNECTED', applying: applier === 'RUNNING', error: replicationError };
}

export type FollowRequest = {
  flavour: ServerFlavour;
  replica: LocalServer;
  source: ServerAddress;
  /** What a server that has never replicated already has; `null` if it continues from its own position. */
  begin: Position | null;
  /** Replaces its data by a copy of the source's. */
  anew: boolean;
  /** If false, it need not succeed: the source may not be running yet. */
  waits: boolean;
  /** Whether it acknowledges what it has received. */
  acknowledges: boolean;
  account: LocalAccount;
  clock: Clock;
};

/** Makes a replica follow the source from its own position, and waits until it receives and applies. */
export async function followSource(request: FollowRequest): Promise<void> {
  const { flavour, replica, waits, clock, ...how } = request;
  await localServers(flavour).follow(replica, how);
  const deadline = clock.monotonic() + 15_000;
  while (waits) {
    const { receiver, applier, replicationError } = await replica.use(flavours[flavour].control.probe);
    if (receiver === 'CONNECTED' && applier === 'RUNNING') return;
    if (clock.monotonic() > deadline) {
      throw new ServerStartError(
        `${replica.name} does not follow the source: ${replicationError ?? 'no reason given'}`,
      );
    }
    await clock.sleep(50);
  }
}
