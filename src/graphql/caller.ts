import type { UsedUp } from '../platform/shares.ts';

/** What one request takes of the process. What it has taken is given back when its answer is over. */
export interface Admission {
  /** The request is whole: from now on it counts as being answered. */
  begin(): UsedUp | null;
  /**
   * Its body is not there yet. `arrived` is called once it is, or will not be; `giveUp` when it has taken long and others need
   * its place.
   */
  awaitBody(giveUp: (usedUp: UsedUp) => void): { readonly usedUp: UsedUp } | { readonly arrived: () => void };
  /**
   * Its answer will go on for long: it counts as a stream, and not as being answered any more. `events`: what its client's
   * streams cost together with each event is too much.
   */
  openStream(pointsPerEvent: number): UsedUp | 'events' | null;
}

/** Who sent a request, and where its browser finds the API. */
export type Caller = {
  /** As proxies that are trusted name it, else of whoever is connected. */
  readonly address: string;
  /** Whether the way that the browser sees is TLS. */
  readonly secure: boolean;
  /** What a proxy has taken away from the front of the path, such as `/shop`; empty when nothing. */
  readonly prefix: string;
  /** Whether the request comes from a page of the API itself, from no page at all, or from one that it does not know. */
  readonly page: 'own' | 'none' | 'foreign';
  readonly admission: Admission;
};
