import type { Flavour, Position } from '../../src/consistency/position.ts';
import type { SeenHistory } from '../../src/consistency/position-kind.ts';
import type { SourceHistory } from '../../src/consistency/source-history.ts';
import { positions } from '../../src/servers/known-flavours.ts';

export function parsePosition(flavour: Flavour, text: string): Position {
  return positions.kind(flavour).parse(text);
}

export function emptyPosition(flavour: Flavour): Position {
  return positions.kind(flavour).empty;
}

export function historyOf(seen: SeenHistory): SourceHistory {
  return positions.kind(seen.position.flavour).historyOf(seen);
}
