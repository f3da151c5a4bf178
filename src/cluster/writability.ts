import { type Channel, isLive } from './channel.ts';

/** Since when a server has been seen to accept writes: distinguishes a promotion from a replica that was never made read-only. */
export type Writability = {
  /** Reading of the monotonic clock when the first such report arrived. */
  readonly sinceMs: number;
  /** The same server was seen to refuse writes before. */
  readonly flipped: boolean;
  /** Its source was probed since, and accepted writes: this is not a promotion in its place. */
  readonly besideSource: boolean;
  /** The servers that it replicated then. */
  readonly following: readonly string[];
};

type Seen = { readonly identity: string; readonly readOnly: boolean; readonly member?: string };

/** Where live channels lead, as configured. */
export function followedAddresses(channels: readonly Channel[]): readonly string[] {
  return channels.filter(isLive).map(({ host, port }) => `${host}:${port}`);
}

/** After a probe whose report arrived at `reportedMs`; `null` while it refuses writes. */
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

/** The server commits the application's writes, and its group agrees. */
export function canCommit({ readOnly, member }: Omit<Seen, 'identity'>): boolean {
  return !readOnly && (member === undefined || member === 'ONLINE');
}
