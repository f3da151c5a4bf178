import { type EpochHistory, judgeEpoch } from '../../consistency/epoch.ts';
import type { Position } from '../../consistency/position.ts';
import { flavours } from '../../servers/flavours.ts';
import type { LocalServer } from '../../servers/local-servers.ts';
import type { ServerFlavour } from '../server-flavour.ts';

/** The position of a server and the history it belongs to, read before it accepts writes. */
export type Standing = {
  readonly name: string;
  /** The identity by which its replicas know it. */
  readonly id: string;
  readonly position: Position;
  readonly epochs: EpochHistory;
  /** It has a source configured. */
  readonly everFollowed: boolean;
  /** It has lost its source and is reconnecting. */
  readonly isReconnecting: boolean;
};

export async function readStanding(flavour: ServerFlavour, server: LocalServer): Promise<Standing> {
  const { id = '', position, epochs, receiver } = await server.use(flavours[flavour].control.probe);
  return {
    name: server.name,
    id,
    position,
    epochs: epochs ?? [],
    everFollowed: receiver !== 'NONE',
    isReconnecting: receiver === 'CONNECTING',
  };
}

export function newestEpochs(standings: readonly Standing[]): EpochHistory {
  const last = (history: EpochHistory) => history.at(-1)?.epoch ?? 0;
  return standings.reduce<EpochHistory>((newest, { epochs }) => (last(epochs) > last(newest) ? epochs : newest), []);
}

/** Whether the source has everything that the server has. */
export function isPartOf(standing: Standing, source: Standing): boolean {
  if (!source.position.includes(standing.position)) return false;
  if (standing.position.isEmpty() || source.epochs.length === 0) return true;
  const epoch = standing.epochs.at(-1)?.epoch ?? 1;
  return ['current', 'survived'].includes(judgeEpoch({ epoch, position: standing.position }, source.epochs));
}
