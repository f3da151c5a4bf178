/**
 * What was seen: the first read of an operation is sent together with the question for the node's position. A proxy that
 * rejects joined statements refuses both; then the read is sent alone, and from then on nothing is joined.
 */
import type { PooledConnection, Statement } from '../../servers/connection.ts';
import { faultOf } from '../../servers/faults.ts';
import type { Flavour, ReadsAndPositions } from '../../servers/flavour.ts';
import { flavourOf } from '../../servers/known-flavours.ts';
import type { ReadObservation } from '../session/read-observation.ts';

type Read<T> = {
  readonly sql: Statement;
  readonly values: unknown;
  readonly observation: ReadObservation;
  readonly sendAlone: () => Promise<T>;
};

export class ObservedReads {
  /** Another kind of server may answer here from one connection to the next. */
  readonly #reads = new Map<Flavour, ReadsAndPositions>();
  #joins = true;

  /** False once statements were refused because they came together. */
  get joins(): boolean {
    return this.#joins;
  }

  async run<T>(connection: PooledConnection, { sql, values, observation, sendAlone }: Read<T>): Promise<T> {
    let read: { readonly answer: T; readonly positions: Parameters<ReadObservation['learn']>[0] | null };
    try {
      read = await this.#readsOf(connection).read<T>(connection, sql, values);
    } catch (error) {
      if (!['OTHER', 'UNABLE', 'ABSENT'].includes(faultOf(error))) throw error;
      const answer = await sendAlone();
      this.#joins = false;
      return answer;
    }
    if (read.positions !== null) observation.learn(read.positions);
    return read.answer;
  }

  #readsOf(connection: PooledConnection): ReadsAndPositions {
    const flavour = flavourOf(connection);
    const known = this.#reads.get(flavour);
    if (known !== undefined) return known;
    const reads = flavour.readsAndPositions();
    this.#reads.set(flavour, reads);
    return reads;
  }
}
