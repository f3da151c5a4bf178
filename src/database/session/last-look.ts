import type { BehindReads } from '../../servers/flavour.ts';
import { type Answer, firstRow } from '../../servers/mysql-family/joined-statements.ts';
import type { NodePositions } from './read-observation.ts';

/** What a server says of its position, behind a read. Most looks find what the last one found, which is not read again. */
export class LastLook {
  #said: string | null = null;
  #positions: NodePositions | null = null;

  /** `null` of a server that gives no numbers to what it writes. */
  positionsOf(statements: BehindReads, answers: readonly Answer[]): NodePositions | null {
    const said = answers.join();
    if (this.#said === said) return this.#positions;
    const rows = answers.map(firstRow);
    this.#positions = statements.numbers(rows)
      ? { reached: statements.reached(rows, true), observed: statements.observed(rows, []) }
      : null;
    this.#said = said;
    return this.#positions;
  }
}
