import { type Channel, isLive } from './channel.ts';

/** Since when a server takes writes, as far as was seen: it tells a promotion from a replica that nobody made read-only. */
export type Writability = {
  /** Reading of the monotonic clock when the first report of it was there. */
  readonly sinceMs: number;
  /** The same server was seen to refuse writes before. */
  readonly flipped: boolean;
  /** The source that it follows was looked at since, and took writes: it is no promotion in its place. */
  readonly besideSource: boolean;
  /** Whom it followed then. */
  readonly following: readonly string[];
};

type Seen = { readonly identity: string; readonly readOnly: boolean; readonly member?: string };

/** Where live channels lead, as they were told. */
export function followedAddresses(channels: readonly Channel[]): readonly string[] {
  return channels.filter(isLive).map(({ host, port }) => `${host}:${port}`);
}

/** After a look whose report was there at `reportedMs`; `null` while it refuses writes. */
export function writabilityAfter(
  before: { readonly report: Seen | null; readonly writability: Writability | null },
  report: Seen,
  channels: readonly Channel[],
  reportedMs: number,
): Writability | null {
  if (!canCommit(report)) return null;
  const isSame = before.report?.identity === report.identity;
  if (isSame && before.writability !== null) return before.writability;
  return { sinceMs: reportedMs, flipped: isSame, besideSource: false, following: followedAddresses(channels) };
}

/** The server commits what the application writes there, and its group stands behind it. */
export function canCommit({ readOnly, member }: Omit<Seen, 'identity'>): boolean {
  return !readOnly && (member === undefined || member === 'ONLINE');
}
