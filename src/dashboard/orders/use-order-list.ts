import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { AnswerFacts } from '../answers/answer-facts.ts';
import { contactNow } from '../graphql/contact.ts';
import { type Failure, isFinal } from '../graphql/failure.ts';
import { useAnswer } from '../graphql/use-answer.ts';
import type { LiveState } from '../shell/live-switch.tsx';
import { useThrottled } from '../shell/use-throttled.ts';
import { useZone } from '../shell/zone.ts';
import { type LiveChanges, liveChangeOf, noChanges, outlasting, overlaid, withChange } from './live-rows.ts';
import { type OrderNumbers, type OrderPage, type OrderRow, orderNumbers, orderPage } from './order-documents.ts';
import { pageVariables, whereOf } from './order-variables.ts';
import { isFiltered, type OrderView } from './order-view.ts';
import { sharedRows } from './standing-rows.ts';
import { type Change, useOrderChanges } from './use-order-changes.ts';

/** Where a row came from: the list, or a change announced since. */
export type RowOrigin =
  | { readonly kind: 'answer'; readonly facts: AnswerFacts }
  | { readonly kind: 'change'; readonly at: string; readonly receivedAtMs: number };

export type OrderList = {
  /** `null` until this view has an answer. */
  readonly rows: readonly OrderRow[] | null;
  readonly originOf: (row: OrderRow) => RowOrigin | null;
  readonly pageInfo: OrderPage['orders']['pageInfo'] | null;
  readonly facts: AnswerFacts | null;
  readonly failure: Failure | null;
  /** Whether the rows are those of the view. Those of the previous view stay for a moment only, and cannot be used. */
  readonly isCurrent: boolean;
  readonly numbers: OrderNumbers['orderCounts'] | null;
  readonly matching: number | null;
  readonly live: LiveState;
  /** Changes since it was paused or read. */
  readonly held: number;
  readonly pause: (paused: boolean) => void;
  /** Reloads everything now. */
  readonly refresh: () => void;
  /** The last announced changes with their times, newest last; on every page of the list, paused or not. */
  readonly changed: ReadonlyMap<string, number>;
  /** Grows with each reload requested by the user. */
  readonly turn: number;
  /** Grows with each gap in which changes may have been missed. */
  readonly gaps: number;
};

const listSoonMs = 200;
const listEveryMs = 1500;
const numbersSoonMs = 500;
const numbersEveryMs = 3000;
const pollWithoutLineMs = 3000;
/** Writes that bypass the API are not announced, so the list is polled. */
const refetchEveryMs = 60_000;
const graceMs = 250;
const keptChanges = 500;

/** The orders of a view, kept up to date unless paused. Sends nothing for a view that no order can match. */
export function useOrderList(view: OrderView, isPossible: boolean): OrderList {
  const zone = useZone();
  const filtered = isFiltered(view);
  const list = useAnswer(orderPage, isPossible ? pageVariables(view, zone) : null);
  const numbers = useAnswer(orderNumbers, {
    where: isPossible ? whereOf(view, zone) : {},
    filtered: filtered && isPossible,
  });
  const [paused, setPaused] = useState(false);
  const [held, setHeld] = useState(0);
  const [gaps, setGaps] = useState(0);
  const [turn, setTurn] = useState(0);
  const [changes, setChanges] = useState<LiveChanges>(noChanges);
  const [changed, setChanged] = useState<ReadonlyMap<string, number>>(new Map());

  // It may have been paused since the call.
  const listSoon = useThrottled(async () => paused || list.refetch(), listSoonMs, listEveryMs);
  const countSoon = useThrottled(async () => paused || numbers.refetch(), numbersSoonMs, numbersEveryMs);
  const followSoon = () => {
    if (paused || contactNow().silent) return;
    listSoon();
    countSoon();
  };

  const onChanges = (more: readonly Change[]) => {
    setChanged((before) => {
      const kept = new Map([...before].slice(-keptChanges));
      for (const { orderId, receivedAtMs } of more) kept.set(orderId, receivedAtMs);
      return kept;
    });
    if (paused) return setHeld((count) => count + more.length);
    setChanges((before) =>
      more.reduce(
        (known, { order: row, at, receivedAtMs }) =>
          row === null ? known : withChange(known, { row, at, receivedAtMs }),
        before,
      ),
    );
    followSoon();
  };
  const onGap = (isFirst: boolean) => {
    setGaps((count) => count + 1);
    // Changes committed just before the subscription opened are not announced, but the list was requested at the same time.
    if (isFirst) setTimeout(() => follow.current(), pollWithoutLineMs);
    else followSoon();
  };
  const line = useOrderChanges(onChanges, onGap);

  const known = useRef<readonly OrderRow[]>([]);
  const read = list.data?.orders.nodes ?? null;
  const rows = useMemo(() => {
    if (read === null) return null;
    known.current = sharedRows(known.current, read);
    return known.current;
  }, [read]);
  const askedAtMs = list.facts === null ? 0 : list.facts.receivedAtMs - list.facts.tookMs;
  useEffect(() => {
    if (rows !== null) setChanges((before) => outlasting(before, rows, askedAtMs));
  }, [rows, askedAtMs]);

  const failed = list.failure !== null && !list.asking ? list.failure : null;
  const everyMs = line === 'lost' || failed !== null ? pollWithoutLineMs : refetchEveryMs;
  const asks = !paused && line !== 'resting' && (failed === null || !isFinal(failed));
  const follow = useRef(followSoon);
  follow.current = followSoon;
  useEffect(() => {
    if (!asks) return;
    const timer = setInterval(() => follow.current(), everyMs);
    return () => clearInterval(timer);
  }, [asks, everyMs]);

  const isGraceOver = useIsLate(!list.isCurrent && rows !== null, graceMs);
  const shows = isPossible && (list.isCurrent || (!isGraceOver && failed === null));
  const drawn = useMemo(() => (rows === null || !shows ? null : overlaid(rows, changes)), [rows, shows, changes]);
  const fitting = numbers.isCurrent ? (numbers.data?.orders?.totalCount ?? null) : null;

  const { refetch: refetchList, drop: dropList, isCurrent } = list;
  const { refetch: refetchNumbers } = numbers;
  const refresh = useCallback(() => {
    setTurn((count) => count + 1);
    setHeld(0);
    void refetchList();
    void refetchNumbers();
  }, [refetchList, refetchNumbers]);
  const pause = useCallback(
    (next: boolean) => {
      setPaused(next);
      if (!next) refresh();
      else if (isCurrent) dropList();
    },
    [refresh, isCurrent, dropList],
  );
  return {
    rows: drawn,
    originOf: (row) => {
      const change = liveChangeOf(row, changes);
      if (change !== undefined) return { kind: 'change', at: change.at, receivedAtMs: change.receivedAtMs };
      return list.facts === null ? null : { kind: 'answer', facts: list.facts };
    },
    pageInfo: shows ? (list.data?.orders.pageInfo ?? null) : null,
    facts: shows ? list.facts : null,
    failure: isPossible ? failed : null,
    isCurrent: list.isCurrent,
    numbers: numbers.data?.orderCounts ?? null,
    matching: filtered ? fitting : (numbers.data?.orderCounts.total ?? null),
    live: paused ? 'paused' : line === 'lost' ? 'reconnecting' : 'live',
    held,
    pause,
    refresh,
    turn,
    changed,
    gaps,
  };
}

/** Whether a condition has held for longer than a moment. */
function useIsLate(is: boolean, ms: number): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!is) return;
    const timer = setTimeout(() => setLate(true), ms);
    return () => {
      clearTimeout(timer);
      setLate(false);
    };
  }, [is, ms]);
  return late && is;
}
