import type { Answer } from './answer.ts';
import { type CarriedTokens, forget, learn, needsSource, nothingCarried, settle } from './carried-tokens.ts';

/** What a request took along. It is handed back with the answer. */
export type Departure = {
  readonly tokens: readonly string[];
  /** The tokens leave something out: only the source is fresh enough. */
  readonly needsSource: boolean;
  readonly debts: number;
  readonly life: number;
};

/** Something that others who share the past need to know. */
export type StoreChange =
  | { readonly kind: 'learned'; readonly token: string; readonly included: readonly string[] }
  | { readonly kind: 'cleared' };

/**
 * Keeps the tokens of one user in memory: one for a browser's page, one for each request that a server renders.
 * `tokens` are those that somebody else has left off with, such as the server that rendered the page.
 */
export class TokenStore {
  #carried: CarriedTokens = nothingCarried;
  /** Counts up with each `clear`, so that answers of the life before it bring nothing back. */
  #life = 0;
  readonly #listeners = new Set<(change: StoreChange) => void>();

  constructor(tokens: Iterable<string> = []) {
    for (const token of tokens) this.learn(token);
  }

  /** What a request that leaves now has to send. Give it to a page that goes on from here. */
  get tokens(): readonly string[] {
    return this.#carried.tokens;
  }

  /** Call it when a request leaves, and `arrive` when its answer is there. */
  depart(): Departure {
    const { tokens, debts } = this.#carried;
    return { tokens, needsSource: needsSource(this.#carried), debts, life: this.#life };
  }

  /** An answer that never comes needs no call. */
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

  /** For a stream of events whose tokens each include all that it told before: the newest is kept. One for each stream. */
  follow(): (token: string) => void {
    let before: readonly string[] = [];
    return (token) => {
      this.learn(token, before);
      before = [token];
    };
  }

  /** As `learn`, and nobody is told. Returns whether anything changed. */
  take(token: string, included: readonly string[] = []): boolean {
    const { tokens } = this.#carried;
    if (tokens.includes(token) && !tokens.some((held) => held !== token && included.includes(held))) return false;
    this.#carried = learn(this.#carried, token, included);
    return true;
  }

  /** Forgets everything: for a logout. What is still under way brings nothing back. */
  clear(): void {
    this.drop();
    this.#tell({ kind: 'cleared' });
  }

  /** As `clear`, and nobody is told. */
  drop(): void {
    this.#carried = nothingCarried;
    this.#life += 1;
  }

  /** Returns what ends it. */
  subscribe(listener: (change: StoreChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(change: StoreChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
