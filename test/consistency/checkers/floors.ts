import type { AdoptOperation, Operation } from '../history.ts';
import { notThereYet } from './rank.ts';

export type Floor = {
  readonly order: string;
  readonly rank: number;
  /** The operation that showed or made it. */
  readonly operation: Operation;
  /** Set when it came with another session's token. */
  readonly adoptedBy: AdoptOperation | null;
  readonly index: number;
};

/**
 * What a session has come to know, in the order it came to know it. It only grows, so a length is enough to say
 * what was known at a moment.
 */
export class Floors {
  #length = 0;
  readonly #byOrder = new Map<string, Floor[]>();

  get length(): number {
    return this.#length;
  }

  raise(order: string, rank: number, operation: Operation, adoptedBy: AdoptOperation | null = null): void {
    const floors = this.#byOrder.get(order) ?? [];
    if ((floors.at(-1)?.rank ?? 0) >= rank) return;
    floors.push({ order, rank, operation, adoptedBy, index: this.#length++ });
    this.#byOrder.set(order, floors);
  }

  /** The highest known rank of an order among the first `length` lessons. */
  at(order: string, length: number = this.#length): Floor | undefined {
    const floors = this.#byOrder.get(order) ?? [];
    let low = 0;
    let high = floors.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((floors[middle]?.index ?? 0) < length) low = middle + 1;
      else high = middle;
    }
    return floors[low - 1];
  }

  latest(): Floor[] {
    return [...this.#byOrder.values()].flatMap((floors) => floors.at(-1) ?? []);
  }
}

export class FloorsBySession {
  readonly #floors = new Map<number, Floors>();
  readonly #knowers = new Map<string, Set<number>>();

  of(session: number): Floors {
    const floors = this.#floors.get(session) ?? new Floors();
    this.#floors.set(session, floors);
    return floors;
  }

  raise(session: number, order: string, rank: number, operation: Operation, adoptedBy?: AdoptOperation): void {
    if (rank === notThereYet) return;
    this.of(session).raise(order, rank, operation, adoptedBy);
    const knowers = this.#knowers.get(order) ?? new Set();
    this.#knowers.set(order, knowers.add(session));
  }

  /** The sessions that ever come to know an order. */
  knowers(order: string): Iterable<number> {
    return this.#knowers.get(order) ?? [];
  }
}
