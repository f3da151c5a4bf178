import { useEffect, useRef, useState } from 'react';
import type { AnswerFacts } from '../answers/answer-facts.ts';
import type { Failure } from '../graphql/failure.ts';
import { useAnswer } from '../graphql/use-answer.ts';
import type { LiveState } from '../shell/live-switch.tsx';
import { useThrottled } from '../shell/use-throttled.ts';
import { useZone } from '../shell/zone.ts';
import { type LiveChanges, liveChangeOf, noChanges, outlasting, overlaid, withChange } from './live-rows.ts';
import {
  matchingOrders,
  type OrderNumbers,
  type OrderPage,
  type OrderRow,
  orderNumbers,
  orderPage,
} from './order-documents.ts';
import { pageVariables, whereOf } from './order-variables.ts';
import { isFiltered, type OrderView } from './order-view.ts';
import { useOrderChanges } from './use-order-changes.ts';

/** Where a row came from: with the list, or with a change that was told of since. */
export type RowOrigin =
  | { readonly kind: 'answer'; readonly facts: AnswerFacts }
  | { readonly kind: 'change'; readonly at: string; readonly receivedAtMs: number };

export type OrderList = {
  /** `null` until there was an answer. */
  readonly rows: readonly OrderRow[] | null;
  readonly originOf: (row: OrderRow) => RowOrigin | null;
  readonly pageInfo: OrderPage['orders']['pageInfo'] | null;
  readonly facts: AnswerFacts | null;
  readonly failure: Failure | null;
  /** Whether the rows are those of the view, and not yet those of the one before. */
  readonly isCurrent: boolean;
  readonly numbers: OrderNumbers['orderCounts'] | null;
  readonly matching: number | null;
  readonly live: LiveState;
  /** Changes since it was paused, or read again. */
  readonly held: number;
  readonly pause: (paused: boolean) => void;
  /** Reads everything again now. */
  readonly refresh: () => void;
  /** The orders that changes were told of last, newest last. */
  readonly changed: ReadonlyMap<string, number>;
};

const listSoonMs = 200;
const listEveryMs = 1500;
const numbersSoonMs = 500;
const numbersEveryMs = 3000;
const pollEveryMs = 3000;
const lookEveryMs = 5000;
const noVariables = {};

/** The orders of a view, kept up with what happens to them unless it is paused. */
export function useOrderList(view: OrderView): OrderList {
  const zone = useZone();
  const list = useAnswer(orderPage, pageVariables(view, zone));
  const numbers = useAnswer(orderNumbers, noVariables);
  const filtered = isFiltered(view);
  const matching = useAnswer(matchingOrders, filtered ? { where: whereOf(view, zone) } : null);
  const total = numbers.data?.orderCounts.total ?? null;
  const fitting = matching.isCurrent ? (matching.data?.orders.totalCount ?? null) : null;
  const [paused, setPaused] = useState(false);
  const [held, setHeld] = useState(0);
  const [changes, setChanges] = useState<LiveChanges>(noChanges);
  const [changed, setChanged] = useState<ReadonlyMap<string, number>>(new Map());

  // It may have been paused since they were called.
  const listSoon = useThrottled(async () => paused || list.refetch(), listSoonMs, listEveryMs);
  const countSoon = useThrottled(
    async () => paused || Promise.all([numbers.refetch(), matching.refetch()]),
    numbersSoonMs,
    numbersEveryMs,
  );
  const followSoon = () => {
    if (paused) return;
    listSoon();
    countSoon();
  };

  const line = useOrderChanges((change) => {
    setChanged((before) => new Map([...before].slice(-200)).set(change.orderId, Date.now()));
    if (paused) return setHeld((count) => count + 1);
    const { order: row, at } = change;
    if (row !== null) setChanges((before) => withChange(before, { row, at, receivedAtMs: Date.now() }));
    followSoon();
  }, followSoon);

  const rows = list.data?.orders.nodes ?? null;
  const askedAtMs = list.facts === null ? 0 : list.facts.receivedAtMs - list.facts.tookMs;
  useEffect(() => {
    if (rows !== null) setChanges((before) => outlasting(before, rows, askedAtMs));
  }, [rows, askedAtMs]);

  // Nobody tells of what was committed just before the line was there, nor of what was written past the API: the list is
  // asked for again all the same, and sooner without a line and after a failure.
  const everyMs = line === 'lost' || list.failure !== null ? pollEveryMs : lookEveryMs;
  const asks = !paused && line !== 'resting';
  const follow = useRef(followSoon);
  follow.current = followSoon;
  useEffect(() => {
    if (!asks) return;
    const timer = setInterval(() => follow.current(), everyMs);
    return () => clearInterval(timer);
  }, [asks, everyMs]);

  const refresh = () => {
    setHeld(0);
    void list.refetch();
    void numbers.refetch();
    void matching.refetch();
  };
  return {
    rows: rows === null ? null : overlaid(rows, changes),
    originOf: (row) => {
      const change = liveChangeOf(row, changes);
      if (change !== undefined) return { kind: 'change', at: change.at, receivedAtMs: change.receivedAtMs };
      return list.facts === null ? null : { kind: 'answer', facts: list.facts };
    },
    pageInfo: list.data?.orders.pageInfo ?? null,
    facts: list.facts,
    failure: list.failure,
    isCurrent: list.isCurrent,
    numbers: numbers.data?.orderCounts ?? null,
    matching: filtered ? fitting : total,
    live: paused ? 'paused' : line === 'lost' ? 'reconnecting' : 'live',
    held,
    pause: (next) => {
      setPaused(next);
      if (!next) refresh();
      else if (list.isCurrent) list.drop();
    },
    refresh,
    changed,
  };
}
