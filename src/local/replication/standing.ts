import { type EpochHistory, judgeEpoch } from '../../consistency/epoch.ts';
import type { Position } from '../../consistency/position.ts';
import { positions } from '../../servers/known-flavours.ts';
import type { Account } from '../directory/secrets.ts';
import { connectTo, type ServerAddress } from '../server-connection.ts';
import type { ServerFlavour } from '../server-flavour.ts';
import { replicationWords } from './replication.ts';

/** How far a server is in which history, read before anybody may write to it. */
export type Standing = {
  readonly name: string;
  /** What MySQL knows itself by; `null` on MariaDB, where the server id does. */
  readonly uuid: string | null;
  readonly position: Position;
  readonly epochs: EpochHistory;
  /** Knows a source to follow. */
  readonly everFollowed: boolean;
  /** Has lost its source and tries again. */
  readonly isReconnecting: boolean;
};

const questions = {
  mariadb: "SELECT NULL AS uuid, CONCAT_WS(' ', @@GLOBAL.gtid_slave_pos, @@GLOBAL.gtid_binlog_pos) AS positions",
  mysql: 'SELECT @@server_uuid AS uuid, @@GLOBAL.gtid_executed AS positions',
} as const;

const epochQuestion =
  'SELECT epoch, source_id AS sourceId, end_of_previous AS endOfPrevious FROM orders.cluster_epochs ORDER BY epoch';
const noSuchTable = 1146;

export async function readStanding(
  flavour: ServerFlavour,
  server: ServerAddress & { readonly name: string },
  account: Account,
): Promise<Standing> {
  const connection = await connectTo(server, account);
  try {
    const words = replicationWords[flavour];
    const [look] = await connection.query<Record<string, unknown>[]>(questions[flavour]);
    const [following] = await connection.query<Record<string, unknown>[]>(words.status);
    const rows = await connection.query<Record<string, unknown>[]>(epochQuestion).catch((error: unknown) => {
      if (error instanceof Error && 'errno' in error && error.errno === noSuchTable) return [];
      throw error;
    });
    const kind = positions.kind(flavour);
    const texts = String(look?.positions ?? '').split(flavour === 'mysql' ? ';' : ' ');
    return {
      name: server.name,
      uuid: look?.uuid === null ? null : String(look?.uuid),
      position: texts.map((text) => kind.parse(text)).reduce((all, more) => all.merge(more)),
      epochs: rows.map(({ epoch, sourceId, endOfPrevious }) => ({
        epoch: Number(epoch),
        sourceId: sourceId === null ? '' : String(sourceId),
        endOfPrevious: endOfPrevious === null ? null : kind.parse(String(endOfPrevious)),
      })),
      everFollowed: following !== undefined,
      isReconnecting: following?.[words.receiving] === 'Connecting',
    };
  } finally {
    connection.destroy();
  }
}

export function newestEpochs(standings: readonly Standing[]): EpochHistory {
  const last = (history: EpochHistory) => history.at(-1)?.epoch ?? 0;
  return standings.reduce<EpochHistory>((newest, { epochs }) => (last(epochs) > last(newest) ? epochs : newest), []);
}

/** Whether all that a server holds is part of what the source holds. */
export function isPartOf(standing: Standing, source: Standing): boolean {
  if (!source.position.includes(standing.position)) return false;
  if (standing.position.isEmpty() || source.epochs.length === 0) return true;
  const epoch = standing.epochs.at(-1)?.epoch ?? 1;
  return ['current', 'survived'].includes(judgeEpoch({ epoch, position: standing.position }, source.epochs));
}
