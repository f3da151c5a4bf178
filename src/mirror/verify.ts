/**
 * Compares the backup with the source, and lists every record that differs. Ranges of records are compared by digest, then the records
 * of a differing range by their digests, then the differing records exactly, in one snapshot on each side. Records with an outbox entry
 * are compared again until the patience is over: then they are undecided.
 */
import type { MirrorConnection } from '../database/mirror/mirror-connection.ts';
import type { RecordShape } from '../database/mirror/mirrored-tables.ts';
import { type ComparedRecord, compareRecords } from '../database/mirror/record-comparison.ts';
import {
  countRecords,
  digestOfRange,
  digestPerRecord,
  endOfRange,
  type KeyRange,
} from '../database/mirror/table-digests.ts';
import type { Clock } from '../platform/clock.ts';
import { differenceOf, type RecordDifference } from './record-difference.ts';

export type Sides = { readonly source: MirrorConnection; readonly backup: MirrorConnection };

export type VerifyOptions = Sides & {
  readonly shapes: readonly RecordShape[];
  readonly epoch: number;
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** How long to wait for records in flight. */
  readonly patienceMs: number;
  readonly recordsPerRange?: number;
  readonly progress?: (records: number, of: number) => void;
};

export type VerifyReport = {
  readonly records: number;
  readonly differences: readonly RecordDifference[];
  /** Still in flight when the patience was over. */
  readonly undecided: readonly { readonly model: string; readonly key: string }[];
};

const defaultRange = 1000;
const recordsPerComparison = 100;
const askAgainMs = 100;

/** Throws `MirrorFaultError` if either side cannot be read. */
export async function verify(options: VerifyOptions): Promise<VerifyReport> {
  const reports: VerifyReport[] = [];
  for (const shape of options.shapes) reports.push(await verifyModel(options, shape));
  return {
    records: reports.reduce((sum, { records }) => sum + records, 0),
    differences: reports.flatMap(({ differences }) => differences),
    undecided: reports.flatMap(({ undecided }) => undecided),
  };
}

async function verifyModel(options: VerifyOptions, shape: RecordShape): Promise<VerifyReport> {
  const { source, timeoutMs, recordsPerRange = defaultRange, progress } = options;
  const records = await source.use(timeoutMs, (connection) => countRecords(connection, shape));
  const suspects: string[] = [];
  let range: KeyRange | null = { after: null, upTo: null };
  for (let done = 0; range !== null; done += recordsPerRange) {
    const { after }: KeyRange = range;
    const upTo: string | null = await rangeEnd(options, shape, after, recordsPerRange);
    suspects.push(...(await findSuspects(options, shape, { after, upTo }, timeoutMs)));
    progress?.(Math.min(done + recordsPerRange, records), records);
    range = upTo === null ? null : { after: upTo, upTo: null };
  }
  return { records, ...(await decide(options, shape, suspects)) };
}

/** The source's ranges, and beyond their end the backup's, which finds surplus records there as well. */
export async function rangeEnd(
  { source, backup, timeoutMs }: Sides & { readonly timeoutMs: number },
  shape: RecordShape,
  after: string | null,
  records: number,
): Promise<string | null> {
  const end = await source.use(timeoutMs, (connection) => endOfRange(connection, shape, after, records));
  return end ?? backup.use(timeoutMs, (connection) => endOfRange(connection, shape, after, records));
}

/** Keys of records that differ, or differed while they were compared. */
export async function findSuspects(
  { source, backup }: Sides,
  shape: RecordShape,
  range: KeyRange,
  timeoutMs: number,
): Promise<string[]> {
  const both = <T>(ask: (side: MirrorConnection) => Promise<T>) => Promise.all([ask(source), ask(backup)]);
  const [whole, wholeCopy] = await both((side) =>
    side.use(timeoutMs, (connection) => digestOfRange(connection, shape, range)),
  );
  if (whole === wholeCopy) return [];
  const [there, here] = await both((side) =>
    side.use(timeoutMs, (connection) => digestPerRecord(connection, shape, range)),
  );
  return [...new Set([...there.keys(), ...here.keys()])].filter((key) => there.get(key) !== here.get(key));
}

/** Judges each suspect, repeatedly if need be. */
export async function decide(
  options: Omit<VerifyOptions, 'shapes'>,
  shape: RecordShape,
  suspects: readonly string[],
): Promise<Pick<VerifyReport, 'differences' | 'undecided'>> {
  const { clock, patienceMs } = options;
  const deadlineMs = clock.monotonic() + patienceMs;
  const differences: RecordDifference[] = [];
  let open = [...suspects];
  for (;;) {
    const waiting: string[] = [];
    for (let from = 0; from < open.length; from += recordsPerComparison) {
      const keys = open.slice(from, from + recordsPerComparison);
      for (const compared of await compareRecords({ ...options, shape }, keys)) {
        if (mayRightlyDiffer(compared)) waiting.push(compared.key);
        else differences.push(...[differenceOf(shape, compared)].filter((found) => found !== null));
      }
    }
    open = waiting;
    if (open.length === 0 || clock.monotonic() >= deadlineMs) break;
    await clock.sleep(askAgainMs);
  }
  return { differences, undecided: open.map((key) => ({ model: shape.model, key })) };
}

const mayRightlyDiffer = ({ outbox }: ComparedRecord): boolean => outbox === 'WAITING';
