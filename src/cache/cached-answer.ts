/**
 * A cached answer: the results of a group of reads made in one snapshot of the database, and its position. It is shared by all
 * clients, so it holds a position of this database only: what one client has seen of others is its own.
 */
import type { Flavour, Position } from '../consistency/position.ts';
import type { PositionCodec } from '../consistency/position-codec.ts';

export type CachedAnswer = {
  readonly epoch: number;
  /** The node that was read. */
  readonly node: string;
  readonly role: string;
  /** Everything in this position is visible in the results. */
  readonly includes: Position;
  /** Nothing beyond this position is visible in the results. */
  readonly seen: Position;
  /** Redis's clock before the reads, in milliseconds. */
  readonly readAtMs: number;
  /** By name of the read; JSON. */
  readonly values: Readonly<Record<string, unknown>>;
};

const version = 1;

export function writeAnswer({ includes, seen, ...answer }: CachedAnswer): string {
  const { flavour } = includes;
  return JSON.stringify({ version, flavour, includes: includes.line(), seen: seen.line(), ...answer });
}

type Written = Omit<CachedAnswer, 'includes' | 'seen'> & {
  readonly version: number;
  readonly flavour: Flavour;
  readonly includes: string;
  readonly seen: string;
};

/** `null` if the text was not written by this release. */
export function readAnswer(text: string, positions: PositionCodec): CachedAnswer | null {
  try {
    const { version: writtenBy, flavour, includes, seen, ...answer } = JSON.parse(text) as Written;
    if (writtenBy !== version || typeof answer.values !== 'object') return null;
    const kind = positions.kind(flavour);
    return { ...answer, includes: kind.parse(includes), seen: kind.parse(seen) };
  } catch {
    return null;
  }
}
