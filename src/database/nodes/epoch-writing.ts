/**
 * Writes the epoch that begins on a source: one short transaction, which locks the newest row. Why it cannot be written:
 *
 *   a right is missing                            RIGHT_MISSING
 *   the table or a column is missing              TABLE_MISSING
 *   the row is locked, or nothing is answered     TABLE_SILENT
 *   any other error of the server                 TABLE_BROKEN
 *   the connection, a deadlock, a server that     nothing is known of the table
 *   takes no writes, or cannot tell its history
 */
import { sourceIdOf } from '../../cluster/heard-epoch.ts';
import type { ServingFault } from '../../cluster/serving.ts';
import { endOfHistory } from '../../consistency/end-of-history.ts';
import type { EpochHistory } from '../../consistency/epoch.ts';
import type { Position } from '../../consistency/position.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Connection } from '../../servers/connection.ts';
import type { DriverFault } from '../../servers/driver-fault.ts';
import { faultOf, readRefusalOf, unableBy, wordOf } from '../../servers/faults.ts';
import type { HistoryFacts } from '../../servers/flavour.ts';
import { flavourOf } from '../../servers/known-flavours.ts';
import type { ServerAddress } from '../../servers/server-address.ts';
import { NoAnswerError, ServerConnection } from '../../servers/server-connection.ts';

/** An epoch that has ended without a record of the next one. */
export type EndedEpoch = {
  readonly reason: 'PROMOTED' | 'GONE_BACK' | 'WRITE_LOST' | 'RECORD_LOST';
  readonly epoch: number;
  /** Of the server on which the next one begins. */
  readonly identity: string;
  /** Its source, if the record does not name it. */
  readonly former: string | null;
  /** Where it ended, when that is known already. */
  readonly end: Position | null;
};

/** Carries what the server's answer says about the table. */
class TableFaultError extends Error {
  readonly fault: ServingFault;

  constructor(fault: ServingFault, cause: unknown) {
    super('The epoch could not be written', { cause });
    this.fault = fault;
  }
}

/** The server could not answer what it was asked about its history, as one that writes no log: that is not the table's fault. */
class HistoryUnreadError extends Error {
  constructor(cause: unknown) {
    super('The history could not be read', { cause });
  }
}

const table = 'cluster_epochs';
const timeoutMs = 1000;
/** Records that a restored source lacks are written anew, when they are so few. */
const maxMissing = 16;
const passing: ReadonlySet<DriverFault> = new Set(['CONNECTION', 'DEADLOCK', 'CHANGED', 'READ_ONLY'] as const);
const hanging: ReadonlySet<DriverFault> = new Set(['LOCK_TIMEOUT', 'STATEMENT_TIMEOUT'] as const);

/** False if another process has done it, or it is no longer due. */
export async function writeEpoch(
  address: ServerAddress,
  ended: EndedEpoch,
  history: EpochHistory,
  clock: Clock,
): Promise<boolean> {
  const connection = new ServerConnection(address, clock, () => undefined);
  try {
    return await connection.use(timeoutMs, async (open) => {
      try {
        return await write(open, ended, history, clock);
      } catch (error) {
        const { checks } = flavourOf(open);
        const rights = ['SELECT', 'INSERT', 'UPDATE'];
        const fault = tableFaultOf(error, () =>
          checks.grant(rights, address.database, table, 'the account of the API'),
        );
        throw fault === null ? error : new TableFaultError(fault, error);
      }
    });
  } finally {
    await connection.close();
  }
}

/** What an error of `writeEpoch` says about the table; `null` if nothing. */
export function whyUnwritten(error: unknown): ServingFault | null {
  if (error instanceof NoAnswerError) return { kind: 'TABLE_SILENT', table, code: null, cure: null };
  const cause = error instanceof Error ? error.cause : null;
  return cause instanceof TableFaultError ? cause.fault : null;
}

function tableFaultOf(error: unknown, grant: () => string): ServingFault | null {
  const fault = faultOf(error);
  if (error instanceof HistoryUnreadError || passing.has(fault)) return null;
  const kind = hanging.has(fault) ? 'TABLE_SILENT' : (unableBy(error) ?? 'TABLE_BROKEN');
  const cure = kind === 'RIGHT_MISSING' ? grant() : (readRefusalOf(error)?.cure ?? null);
  return { kind, table, code: wordOf(error), cure };
}

function unread(error: unknown): never {
  throw passing.has(faultOf(error)) ? error : new HistoryUnreadError(error);
}

async function write(open: Connection, ended: EndedEpoch, history: EpochHistory, clock: Clock): Promise<boolean> {
  const { reason, epoch: last, identity, former } = ended;
  const flavour = flavourOf(open);
  const { epochs: records } = flavour;
  await records.begin(open);
  const newest = await records.lockNewest(open);
  const facts = await flavour.readHistoryFacts(open, { members: reason !== 'PROMOTED' }).catch(unread);
  // Two that write each other's transactions have one history between them.
  const isMissing = newest < last || (reason !== 'RECORD_LOST' && newest === last);
  const stands = isMissing && facts.identity === identity && !facts.readOnly && !facts.receives;
  if (!stands) {
    await open.query('ROLLBACK');
    return false;
  }
  const sourceId = sourceIdOf(identity);
  const began = reason === 'GONE_BACK' ? await flavour.startOfLog(open, facts).catch(unread) : null;
  const endOfPrevious = endOf(ended, facts, history, began);
  // By its own clock, tokens that this process has issued before can be distinguished from later ones.
  const nowMs = clock.now();
  const known = new Map(history.map((record) => [record.epoch, record]));
  const first = last - newest > maxMissing ? last : newest;
  for (let epoch = first + 1; epoch <= last; epoch += 1) {
    await records.insert(open, known.get(epoch) ?? { epoch, sourceId, endOfPrevious, startedAtMs: nowMs });
  }
  if (former !== null) await records.nameSource(open, last, sourceIdOf(former));
  await records.insert(open, { epoch: last + 1, sourceId, endOfPrevious }, nowMs);
  await open.query('COMMIT');
  return true;
}

function endOf(
  { reason, end, identity }: EndedEpoch,
  facts: HistoryFacts,
  history: EpochHistory,
  start: Position | null,
): Position | null {
  if (reason === 'RECORD_LOST') return null;
  if (reason === 'GONE_BACK' && end !== null) {
    const earliest = start !== null && end.includes(start) ? start : end;
    return facts.received === null ? earliest : earliest.merge(facts.received);
  }
  if (reason !== 'PROMOTED') return facts.all;
  const began = history.at(-1)?.endOfPrevious ?? null;
  return endOfHistory({ ...facts, writer: facts.all.writerOf(identity), began });
}
