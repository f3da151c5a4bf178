import type { Answer } from './answer.ts';
import { type CarriedTokens, forget, learn, needsSource, nothingCarried, settle } from './carried-tokens.ts';

/** What a request has sent. It is passed back with the answer. */
export type Departure = {
  readonly tokens: readonly string[];
  /** The tokens do not cover everything: only the source is fresh enough. */
  readonly needsSource: boolean;
  readonly debts: number;
  readonly life: number;
};

/** A change that others with the same past need to know. */
export type StoreChange =
  | { readonly kind: 'learned'; readonly token: string; readonly included: readonly string[] }
  | { readonly kind: 'cleared' };

/**
 * Keeps the tokens of one user in memory: one store per browser page, and one per request rendered on a server.
 * `tokens` are those to start with, such as those of the server that rendered the page.
 */
export class TokenStore {
  #carried: CarriedTokens = nothingCarried;
  /** Counts `clear` calls, so that answers to earlier requests bring nothing back. */
  #life = 0;
  readonly #listeners = new Set<(change: StoreChange) => void>();

  constructor(tokens: Iterable<string> = []) {
    for (const token of tokens) this.learn(token);
  }

  /** What a request sent now has to carry. Pass it to a page that continues from here. */
  get tokens(): readonly string[] {
    return this.#carried.tokens;
  }

  /** Call it when a request is sent, and `arrive` when its answer is there. */
  depart(): Departure {
    const { tokens, debts } = this.#carried;
    return { tokens, needsSource: needsSource(this.#carried), debts, life: this.#life };
  }

  /** Not needed for a request without an answer. */
  arrive(departure: Departure, answer: Pick<Answer, 'token' | 'refused' | 'readAtSource'>): void {
    if (departure.life !== this.#life) return;
    if (answer.refused) this.#carried = forget(this.#carried, departure.tokens);
    if (answer.token !== null) this.learn(answer.token, departure.tokens);
    if (answer.readAtSource) this.#carried = settle(this.#carried, departure.debts);
  }

  /** A token that came another way, such as with an event. `included`: tokens that it is known to include. */
  learn(token: string, included: readonly string[] = []): void {
    if (this.take(token, included)) this.#tell({ kind: 'learned', token, included });
  }

  /** For a stream whose tokens each include all earlier ones: only the newest is kept. One per stream. */
  follow(): (token: string) => void {
    let before: readonly string[] = [];
    return (token) => {
      this.learn(token, before);
      before = [token];
    };
  }

  /** Like `learn`, without notifying. Returns whether anything changed. */
  take(token: string, included: readonly string[] = []): boolean {
    const { tokens } = this.#carried;
    if (tokens.includes(token) && !tokens.some((held) => held !== token && included.includes(held))) return false;
    this.#carried = learn(this.#carried, token, included);
    return true;
  }

  /** Forgets everything, for a logout. Answers still in flight bring nothing back. */
  clear(): void {
    this.drop();
    this.#tell({ kind: 'cleared' });
  }

  /** Like `clear`, without notifying. */
  drop(): void {
    this.#carried = nothingCarried;
    this.#life += 1;
  }

  /** Returns a function that unsubscribes. */
  subscribe(listener: (change: StoreChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(change: StoreChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
