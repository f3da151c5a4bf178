import { type Departure, TokenStore } from '../../../src/client/token-store.ts';

type Events = ReadonlySet<number>;

export type Trip = {
  readonly departure: Departure;
  readonly writes: boolean;
  answer: { readonly token: string; readonly shows: Events; readonly strong: boolean } | null;
};

/** A server whose tokens stand for sets of events: it joins those that it is sent, and knows what each of them includes. */
export class SimulatedServer {
  readonly #meanings = new Map<string, Events>();
  readonly #committed = new Set<number>();

  meaningOf(tokens: readonly string[]): Set<number> {
    return new Set(tokens.flatMap((token) => [...(this.#meanings.get(token) ?? [])]));
  }

  /** `sees` chooses among what others have written. */
  serve(trip: Trip, sees: (event: number) => boolean): void {
    if (trip.answer !== null) return;
    const shows = this.meaningOf(trip.departure.tokens);
    if (trip.writes) {
      this.#committed.add(this.#committed.size);
      shows.add(this.#committed.size - 1);
    }
    const strong = trip.departure.needsSource && !trip.writes;
    for (const event of this.#committed) if (strong || sees(event)) shows.add(event);
    const token = `t${this.#meanings.size}`;
    this.#meanings.set(token, shows);
    trip.answer = { token, shows, strong };
  }
}

/** A client with a store, and what its user has been shown. */
export class SimulatedClient {
  readonly store = new TokenStore();
  readonly trips: Trip[] = [];
  seen = new Set<number>();

  leave(writes: boolean): Trip {
    const trip: Trip = { departure: this.store.depart(), writes, answer: null };
    this.trips.push(trip);
    return trip;
  }

  /** The answer comes, or the word that the tokens were refused. */
  receive(trip: Trip, refused: boolean): void {
    if (trip.answer === null) return;
    this.trips.splice(this.trips.indexOf(trip), 1);
    const { token, shows, strong } = trip.answer;
    this.store.arrive(trip.departure, { token: refused ? null : token, refused, readAtSource: strong && !refused });
    // What was asked before a logout belongs to somebody else.
    if (!refused && trip.departure.life === this.store.depart().life) for (const event of shows) this.seen.add(event);
  }

  logOut(): void {
    this.store.clear();
    this.seen = new Set();
  }
}
