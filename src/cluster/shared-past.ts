import type { Position } from '../consistency/position.ts';
import { sharedBy, withoutShared } from '../consistency/shorter-position.ts';
import { type ClusterSnapshot, writableSource } from './cluster-snapshot.ts';

type Last = { readonly identity: string; readonly position: Position };

/**
 * What every server includes that may ever serve a session. One that is away counts with what it had when it was last seen;
 * as long as one was never seen, nobody knows.
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
    const writers = [source.id, source.group, source.identity.split('@')[0]];
    return withoutShared(
      position,
      shared,
      new Set(writers.flatMap((writer) => (writer == null ? [] : [writer.toLowerCase()]))),
    );
  }
}
