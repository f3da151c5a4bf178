import type { Position } from '../consistency/position.ts';
import { sharedBy } from '../consistency/shared-by.ts';
import { type ClusterSnapshot, writableSource } from './cluster-snapshot.ts';

type Last = { readonly identity: string; readonly position: Position };

/**
 * The part of positions that every server that may serve a session includes. An unreachable server counts with its last known position;
 * until each has been seen once, the part is unknown. It is removed from positions that are too long to carry.
 *
 * A server that includes the rest includes the whole, for two reasons that must both hold: it is one of those whose shared past was
 * removed; and what the current source wrote last stays in the rest, and each server that replicates the source, even one that was
 * restored from an older copy, has everything before it. So a position without writes of the current source is not shortened.
 */
export class SharedPast {
  readonly #snapshot: () => ClusterSnapshot;
  readonly #last = new Map<string, Last>();

  constructor(snapshot: () => ClusterSnapshot) {
    this.#snapshot = snapshot;
  }

  /** The position without the shared past, `null` if that is unknown or no write of the current source is in the position. */
  shorter(position: Position): Position | null {
    const snapshot = this.#snapshot();
    const positions: Position[] = [];
    for (const { node, role, report, position: now } of snapshot) {
      if (role === 'BACKUP') continue;
      const before = this.#last.get(node.name);
      const known = now ?? (report === null || before?.identity === report.identity ? before?.position : undefined);
      if (known === undefined) return null;
      positions.push(known);
      if (report !== null) this.#last.set(node.name, { identity: report.identity, position: known });
    }
    const name = writableSource(snapshot)?.node.name;
    const source = snapshot.find(({ node }) => node.name === name)?.report;
    const shared = sharedBy(positions);
    if (source == null || shared === null) return null;
    const writers = [source.id, source.group, position.writerOf(source.identity)];
    return position.withoutShared(
      shared,
      new Set(writers.flatMap((writer) => (writer == null ? [] : [writer.toLowerCase()]))),
    );
  }
}
