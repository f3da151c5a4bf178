import type { UsedUp } from '../platform/shares.ts';

/** What one request holds of the process's limits. Released when the answer has been sent. */
export interface Admission {
  /** The request is complete: from now on it counts as being answered. */
  begin(): UsedUp | null;
  /**
   * The body has not arrived yet. `arrived` is called once it has, or will not; `giveUp` if it takes long and other requests
   * need its place.
   */
  awaitBody(giveUp: (usedUp: UsedUp) => void): { readonly usedUp: UsedUp } | { readonly arrived: () => void };
  /**
   * The answer is a stream: it counts as one, and no longer as being answered. `events`: the streams of this client together
   * cost too much per event.
   */
  openStream(pointsPerEvent: number): UsedUp | 'events' | null;
}

/** The client of a request, and the URL at which its browser finds the API. */
export type Caller = {
  /** Taken from a trusted proxy, otherwise the address of the connection. */
  readonly address: string;
  /** Whether the browser's connection uses TLS. */
  readonly secure: boolean;
  /** The path prefix that a proxy has stripped, such as `/shop`; empty if none. */
  readonly prefix: string;
  /** Whether the request comes from a page of the API itself, from no page, or from an unknown one. */
  readonly page: 'own' | 'none' | 'foreign';
  readonly admission: Admission;
};
