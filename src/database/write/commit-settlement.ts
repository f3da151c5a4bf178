/**
 * A COMMIT was sent and its outcome is unknown: asks the source, for a limited time, whether the row is there that the
 * transaction has left (commit-proof.ts).
 *
 *   the row is free, and the connection idle or gone      it has the transaction's number: committed; otherwise rolled back
 *   the row is free, and the connection is busy           it is visible before it is acknowledged: asked again
 *   the row is locked, the connection is busy             it waits for its acknowledgement: asked again
 *   the row is locked, the connection is idle             the server never got the COMMIT: the session is ended, and asked again
 *   another server is the source by now                   it has the row: committed. Otherwise asked again while it may still
 *                                                         get it; if it receives nothing more, unknown: the lost one may have it
 *   no answer within the time                             unknown
 */

import { settlingMs } from '../../cluster/commit-patience.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Connection } from '../../servers/connection.ts';
import type { DriverFault } from '../../servers/driver-fault.ts';
import { flavourOf } from '../../servers/known-flavours.ts';
import type { ServerAddress } from '../../servers/server-address.ts';
import { ServerConnection } from '../../servers/server-connection.ts';
import type { CommitProof } from './commit-proof.ts';

export type Settled = { readonly outcome: 'COMMITTED' | 'ROLLED_BACK' | 'UNKNOWN'; readonly node: string };

/** A server's answer about the transaction. */
export type ProofState = {
  /** What the row holds, `null` when there is none. */
  readonly row: 'LOCKED' | string | null;
  readonly thread: 'GONE' | 'AT_REST' | 'AT_WORK';
  /** The server may have been restarted since: then the thread's number may belong to another session. */
  readonly mayBeAnother: boolean;
};

/** What follows from it, asked on the server that got the COMMIT while that is the source. */
export function judgeProof(probe: ProofState, proof: CommitProof): 'COMMITTED' | 'ROLLED_BACK' | 'END_IT' | 'WAIT' {
  if (probe.row === 'LOCKED') return probe.thread === 'AT_REST' && !probe.mayBeAnother ? 'END_IT' : 'WAIT';
  if (probe.thread === 'AT_WORK' && !probe.mayBeAnother) return 'WAIT';
  return probe.row === String(proof.number) ? 'COMMITTED' : 'ROLLED_BACK';
}

/** What follows from the row on another server that has become the source. `mayReceive`: as known before it was asked. */
export function judgeElsewhere(
  row: ProofState['row'],
  proof: Pick<CommitProof, 'number'>,
  mayReceive: boolean,
): 'COMMITTED' | 'UNKNOWN' | 'WAIT' {
  if (row === String(proof.number)) return 'COMMITTED';
  return mayReceive || row === 'LOCKED' ? 'WAIT' : 'UNKNOWN';
}

export type CommitSettlementOptions = {
  readonly clock: Clock;
  readonly addressOf: (nodeName: string) => ServerAddress;
  /** The source of now. Throws when there is none. */
  readonly source: () => string;
  /** Whether a node may still get transactions of others. */
  readonly mayReceive: (nodeName: string) => boolean;
  /** How long a node may take to answer a COMMIT, in milliseconds. */
  readonly commitPatienceMs: (nodeName: string) => number;
};

const probeTimeoutMs = 1000;
const firstPauseMs = 5;
const maxPauseMs = 200;
/** Uptimes are reported in whole seconds. */
const uptimeDoubtS = 2;

export class CommitSettlement {
  readonly #options: CommitSettlementOptions;
  readonly #connections = new Map<string, ServerConnection>();

  constructor(options: CommitSettlementOptions) {
    this.#options = options;
  }

  /** `node` got the COMMIT at `sentMs`. Does not reject. */
  async settle(node: string, proof: CommitProof, sentMs: number, fault: DriverFault | null): Promise<Settled> {
    const { clock, source, mayReceive, commitPatienceMs } = this.#options;
    let untilMs = clock.monotonic() + settlingMs;
    const answeredMs = sentMs + commitPatienceMs(node) + settlingMs;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, maxPauseMs)) {
      const asked = nameOf(source);
      const mayCome = asked === null || mayReceive(asked);
      const probe = asked === null ? null : await this.#probe(asked, proof).catch(() => null);
      if (probe !== null && asked !== null && asked !== node) {
        const verdict = judgeElsewhere(probe.row, proof, mayCome);
        if (verdict !== 'WAIT') return { outcome: verdict, node: verdict === 'COMMITTED' ? asked : node };
      }
      if (probe !== null && asked === node && nameOf(source) === node) {
        const verdict = judgeProof(probe, proof);
        // What a member has rolled back because it lost its group the others may still commit.
        const isSure = verdict === 'COMMITTED' || (verdict === 'ROLLED_BACK' && (await this.#isFinal(node, fault)));
        if (isSure) return { outcome: verdict, node };
        if (verdict === 'END_IT') await this.#end(node, proof);
        else if (verdict === 'WAIT') untilMs = Math.max(untilMs, answeredMs);
      }
      if (clock.monotonic() >= untilMs) return { outcome: 'UNKNOWN', node };
      await clock.sleep(pauseMs);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#connections.values()].map((connection) => connection.close()));
  }

  /** Whether a rollback on a server is one for all: in a group, where a conflict was the reason, and the member is in step. */
  async #isFinal(node: string, fault: DriverFault | null): Promise<boolean> {
    if (fault === 'LEFT_GROUP') return false;
    if (fault !== 'GROUP_ROLLED_BACK') return true;
    return this.#use(node, (connection) => flavourOf(connection).proofs.isInStep(connection)).catch(() => false);
  }

  #probe(node: string, proof: CommitProof): Promise<ProofState> {
    return this.#use(node, async (connection) => {
      const { proofs } = flavourOf(connection);
      const { writer, number, thread } = proof;
      const seen = await proofs.probe(connection, { writer, number, session: thread });
      const openS = (this.#options.clock.monotonic() - proof.openSinceMs) / 1000;
      return { row: seen.mark, thread: seen.session, mayBeAnother: seen.upS < openS + uptimeDoubtS };
    });
  }

  /** It is at rest and holds the row: the server waits for a COMMIT that will not come any more. */
  async #end(node: string, { thread }: CommitProof): Promise<void> {
    await this.#use(node, (connection) => flavourOf(connection).proofs.endSession(connection, thread)).catch(
      () => undefined,
    );
  }

  #use<T>(node: string, work: (connection: Connection) => Promise<T>): Promise<T> {
    const { addressOf, clock } = this.#options;
    const known = this.#connections.get(node);
    const connection = known ?? new ServerConnection(addressOf(node), clock, () => undefined, { onlyReads: true });
    this.#connections.set(node, connection);
    return connection.use(probeTimeoutMs, work);
  }
}

function nameOf(source: () => string): string | null {
  try {
    return source();
  } catch {
    return null;
  }
}
