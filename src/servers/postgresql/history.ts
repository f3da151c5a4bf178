/** What a server is asked about its own history if a request names a position that it is not known to have. */
import type { HistoryAnswer } from '../../cluster/node-probe.ts';
import { systemClock } from '../../platform/clock.ts';
import type { Connection } from '../connection.ts';
import type { HistoryFacts } from '../flavour.ts';
import { textOf } from '../rows.ts';
import { probeQuestion } from './questions.ts';
import { refusedByOf, replicationOf } from './server-facts.ts';
import { TimelineHistory } from './timeline-history.ts';
import { WalPosition } from './wal-position.ts';
import { WalReading } from './wal-reading.ts';

const reading = new WalReading(systemClock);

export async function readHistoryFacts(connection: Connection): Promise<HistoryFacts> {
  const { row, state, position } = await reading.read(connection, probeQuestion);
  const applied = position.reached;
  const { receiver } = replicationOf(row, state);
  const received =
    state.standby && state.received !== null && state.receives !== null
      ? applied.merge(WalPosition.fromEnds([{ timeline: state.receives, lsn: state.received }]))
      : null;
  return {
    identity: textOf(row, 'identity'),
    readOnly: refusedByOf(row).length > 0,
    received,
    receives: receiver === 'CONNECTED' || receiver === 'CONNECTING',
    // Without what is capped for waiting commits: it is in the log.
    all: (received ?? applied).merge(
      state.standby ? applied : WalPosition.fromEnds([{ timeline: state.timeline, lsn: state.shown }]),
    ),
    byServer: [],
    applied: state.standby
      ? applied
      : applied.merge(WalPosition.fromEnds([{ timeline: state.timeline, lsn: state.shown }])),
  };
}

export async function readHistory(connection: Connection): Promise<HistoryAnswer> {
  const { identity, readOnly, received, receives, applied } = await readHistoryFacts(connection);
  const history = new TimelineHistory(applied instanceof WalPosition ? applied : WalPosition.empty);
  return { identity, readOnly, received, receives, logged: history, settled: history };
}
