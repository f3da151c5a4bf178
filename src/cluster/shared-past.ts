import type { Position } from '../consistency/position.ts';
import { sharedBy } from '../consistency/shared-by.ts';
import { type ClusterSnapshot, writableSource } from './cluster-snapshot.ts';

type Last = { readonly identity: string; readonly position: Position };

/**
 * What every server includes that may ever serve a session. One that is away counts with what it had when it was last seen;
 * as long as one was never seen, nobody knows. Left out of positions that are too long to be carried about.
 *
 * A server that includes the rest includes the whole, for two reasons that must both hold: it is one of those whose shared past
 * was left out; and what the present source wrote last stays in the rest, behind which each server that follows it, also
 * one that was restored from an older copy, has all that came before. So a position in which the present source wrote
 * nothing is not made shorter.
 */
export class SharedPast {
  readonly #snapshot: () => ClusterSnapshot;
  readonly #last = new Map<string, Last>();

  constructor(snapshot: () => ClusterSnapshot) {
    this.#snapshot = snapshot;
  }

  /** The position without the shared past, `null` where nothing can be left out. */
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
