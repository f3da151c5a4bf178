/**
 * What is kept: the values of a group of reads that were made in one state of the database, and which state that was. It is
 * read for everybody, so it holds a position of this database only: what one client has seen of others is its own.
 */
import type { Flavour, Position } from '../consistency/position.ts';
import type { PositionCodec } from '../consistency/position-codec.ts';

export type CachedAnswer = {
  readonly epoch: number;
  /** Who was read. */
  readonly node: string;
  readonly role: string;
  /** All that is in it is seen in the values. */
  readonly includes: Position;
  /** Nothing is seen in the values that is not in it. */
  readonly seen: Position;
  /** A time of Redis's clock from before the values were read, in milliseconds. */
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

/** `null` when the text is none that this release wrote. */
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
