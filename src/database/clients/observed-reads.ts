/**
 * What was seen: the first read of an operation is joined with the question how far the node has come, in one text. A proxy
 * that takes no texts of several statements refuses both; then the read is sent alone, and from then on nothing is joined.
 */
import type { PoolConnection } from 'mariadb';
import { flavourOf } from '../../servers/flavours.ts';
import { faultOf } from '../../servers/mysql-family/driver-fault.ts';
import { firstRow, type Joined, queryWith, type Statement } from '../../servers/mysql-family/joined-statements.ts';
import { LastLook } from '../session/last-look.ts';
import type { ReadObservation } from '../session/read-observation.ts';

type Read<T> = {
  readonly sql: Statement;
  readonly values: unknown;
  readonly observation: ReadObservation;
  readonly sendAlone: () => Promise<T>;
};

export class ObservedReads {
  /** Connections to servers that were seen to need no more than a glance. */
  readonly #glances = new WeakSet<object>();
  readonly #lastLook = new LastLook();
  #joins = true;

  /** False once statements were refused because they came together. */
  get joins(): boolean {
    return this.#joins;
  }

  async run<T>(connection: PoolConnection, { sql, values, observation, sendAlone }: Read<T>): Promise<T> {
    const statements = flavourOf(connection).behindReads;
    const key = connection.info ?? connection;
    const questions = this.#glances.has(key) ? statements.glance : statements.position;
    let joined: Joined<T>;
    try {
      joined = await queryWith<T>(connection, sql, values, questions);
    } catch (error) {
      if (!['OTHER', 'UNABLE', 'ABSENT'].includes(faultOf(error))) throw error;
      const answer = await sendAlone();
      this.#joins = false;
      return answer;
    }
    const [answer, ...answers] = joined;
    if (questions === statements.position) {
      // A node that can only tell through its replication is asked afterwards.
      if (statements.observesByReplication(answers.map(firstRow), true)) return answer;
      this.#glances.add(key);
    }
    const positions = this.#lastLook.positionsOf(statements, answers);
    if (positions !== null) observation.learn(positions);
    return answer;
  }
}
