import type { ServerResponse } from 'node:http';
import type { Admission } from '../graphql/caller.ts';
import { clientOf } from '../platform/address-list.ts';
import type { Metrics } from '../platform/metrics.ts';
import { Shares, type UsedUp } from '../platform/shares.ts';
import { Bodies, type WaitingBody } from './bodies.ts';
import type { OwnPace } from './own-pace.ts';
import type { Refusals } from './refusals.ts';

/** In all, and for one client. */
export type AdmissionLimits = {
  readonly requests: number;
  readonly requestsPerClient: number;
  readonly streams: number;
  readonly streamsPerClient: number;
  readonly bodies: number;
  readonly bodiesPerClient: number;
};

/** Points that a stream may cost per event, averaged over all that a client may open. A single one may use the whole budget. */
const pointsPerStream = 50;

/**
 *   body arriving --complete--> being answered --a subscription--> stream
 *
 * Each state has its own limits, so that many requests in one leave room for the others.
 */
export class Admissions {
  readonly #bodies: Bodies;
  readonly #requests: Shares;
  readonly #streams: Shares;
  readonly #events: Shares;
  readonly #pointsPerClient: number;
  readonly #refusals: Refusals;

  constructor(limits: AdmissionLimits, refusals: Refusals, { pace, metrics }: { pace: OwnPace; metrics: Metrics }) {
    this.#bodies = new Bodies(limits, pace);
    this.#requests = new Shares(limits.requests, limits.requestsPerClient);
    this.#streams = new Shares(limits.streams, limits.streamsPerClient);
    this.#pointsPerClient = pointsPerStream * limits.streamsPerClient;
    this.#events = new Shares(Number.POSITIVE_INFINITY, this.#pointsPerClient);
    this.#refusals = refusals;
    const counted = (shares: { readonly count: number }) => () => [{ labels: {}, value: shares.count }];
    metrics.gauge({ name: 'tidemark_http_streams', help: 'Open subscriptions.', labels: {} }, counted(this.#streams));
    metrics.gauge(
      { name: 'tidemark_http_bodies', help: 'Requests whose body is still arriving.', labels: {} },
      counted(this.#bodies),
    );
  }

  get streams(): number {
    return this.#streams.count;
  }

  admit(address: string, response: ServerResponse): Admission {
    const client = clientOf(address);
    let giveBack = () => {};
    let over = false;
    response.once('close', () => {
      over = true;
      giveBack();
    });
    const refused = (what: 'requests' | 'bodies' | 'streams', usedUp: UsedUp | null) => {
      if (usedUp !== null) this.#refusals.count(usedUp === 'all' ? what : `${what}_of_client`, { client: address });
      return usedUp;
    };
    const take = (what: 'requests' | 'streams', shares: Shares): UsedUp | null => {
      // A client that has already disconnected takes no place: it would never be given back.
      if (over) return null;
      const usedUp = refused(what, shares.take(client));
      if (usedUp !== null) return usedUp;
      giveBack();
      giveBack = () => shares.giveBack(client);
      return null;
    };
    return {
      begin: () => take('requests', this.#requests),
      openStream: (pointsPerEvent) => {
        const points = Math.min(Math.ceil(pointsPerEvent), this.#pointsPerClient);
        if (!over && this.#events.take(client, points) !== null) {
          this.#refusals.count('events_of_client', { client: address });
          return 'events';
        }
        const usedUp = take('streams', this.#streams);
        if (over) return usedUp;
        if (usedUp !== null) {
          this.#events.giveBack(client, points);
          return usedUp;
        }
        const before = giveBack;
        giveBack = () => {
          before();
          this.#events.giveBack(client, points);
        };
        return null;
      },
      awaitBody: (giveUp) => {
        if (over) return { arrived: () => undefined };
        const body: WaitingBody = {
          client,
          giveUp: (usedUp) => {
            refused('bodies', usedUp);
            giveUp(usedUp);
          },
        };
        const usedUp = refused('bodies', this.#bodies.add(body));
        if (usedUp !== null) return { usedUp };
        giveBack = () => this.#bodies.remove(body);
        return { arrived: () => this.#bodies.remove(body) };
      },
    };
  }
}
