/** The promotions known to an engine, and the recorder of those that were made outside and not recorded. */
import type { ClusterSnapshot } from '../../cluster/cluster-snapshot.ts';
import type { GoneBack } from '../../cluster/source-judge.ts';
import { currentEpoch, type EpochHistory } from '../../consistency/epoch.ts';
import type { Session } from '../../consistency/session.ts';
import { EpochRecorder, type EpochRecorderOptions } from '../nodes/epoch-recorder.ts';

/**
 * Of a database that keeps no record of promotions, or of one whose record was never read: no replica is of its epoch then
 * (present-epoch.ts), and a token that names it is judged later by when it was issued.
 */
const firstEpoch: EpochHistory = [{ epoch: 1, sourceId: '', endOfPrevious: null }];

export class KnownEpochs {
  readonly #recorder: EpochRecorder | null;
  #history: EpochHistory = [];

  /** `recording`: `null` for a database whose record is kept elsewhere, or not at all. */
  constructor(recording: Omit<EpochRecorderOptions, 'epochs'> | null) {
    this.#recorder = recording && new EpochRecorder({ ...recording, epochs: () => this.#history });
  }

  /** Empty while no node has been seen. */
  get history(): EpochHistory {
    return this.#history;
  }

  get current(): number | null {
    return currentEpoch(this.#history);
  }

  /** Until it is recorded that a source has gone back, no position says which history it belongs to. */
  get isPending(): boolean {
    return this.#recorder?.isPending === true;
  }

  /** The longest record wins: promotions are only ever added, and a replica may not have heard of the last one yet. */
  learn(snapshot: ClusterSnapshot): void {
    for (const { report, role } of snapshot) {
      if (report === null || role === 'BACKUP') continue;
      const epochs = report.epochs === null || report.epochs.length === 0 ? firstEpoch : report.epochs;
      if ((currentEpoch(epochs) ?? 0) > (currentEpoch(this.#history) ?? 0)) this.#history = epochs;
    }
    this.#recorder?.observe(snapshot);
  }

  goneBack(happening: GoneBack): void {
    this.#recorder?.goneBack(happening);
  }

  /** A token of the present epoch names what its history has lost. */
  lost(token: Session): void {
    this.#recorder?.lost(token);
  }

  /** `null` when no record is under way; else resolves when it is heard of, was refused, or takes too long. */
  recorded(): Promise<void> | null {
    return this.#recorder?.recorded() ?? null;
  }

  close(): void {
    this.#recorder?.close();
  }
}
