// The checker: a history in, every broken promise out. Pure; what it is fed with is in history.ts.
//
// Model. Each order is a register on one source: not there yet, version 1, 2, 3 …, deleted for good. Versions are handed
// out by the source, so the order of an order's writes need not be searched for: it is told with each acknowledgement.
// A session's operations are ordered only if one ended before the other began.
//
// Sound: no anomaly is reported of a history that a correct system can produce. Where the truth cannot be known, the
// system gets the benefit of the doubt:
//   - an indeterminate write may show at any time from its beginning on, or never;
//   - absence counts as "deleted" as soon as any delete of that order may have begun, rejected ones excepted;
//   - EVENTUAL reads, and reads and writes that failed, owe the guarantees nothing and teach nothing; BOUNDED reads owe
//     only their bound, but what they showed counts for the reads after them;
//   - an answer to a parallel request of the same session gives no order.
// This rests on three properties of the recorder: times come from one clock and no two are equal; a session sends with
// each request every token it holds; the orders of one read come from one statement, hence one snapshot.
//
// Complete for each guarantee by itself, over the orders that were looked at: a session that never looks again at an order
// cannot be seen to have lost it. Not found:
//   - a stale absence that a delete under way could explain (a later sight of the order gives it away);
//   - an effect of an indeterminate write that no read showed as the latest version of its order, and of an indeterminate
//     delete: they are not known as effects, so the causes they depend on are not demanded;
//   - chains over a third session (A saw B, B saw C, C's cause is missing): each link is checked, not the closure.
import { acknowledgedWrites } from './checkers/acknowledged-writes.ts';
import type { Anomaly } from './checkers/anomaly.ts';
import { boundedReads } from './checkers/bounded-reads.ts';
import { evidenceOf } from './checkers/evidence.ts';
import { oneKeyOneEffect, oneVersionOneWrite, rejectedWrites } from './checkers/marks.ts';
import { monotonicReads } from './checkers/monotonic-reads.ts';
import { monotonicWrites } from './checkers/monotonic-writes.ts';
import { readYourWrites } from './checkers/read-your-writes.ts';
import { writesFollowReads } from './checkers/writes-follow-reads.ts';
import type { History } from './history.ts';

const checkers = [
  readYourWrites,
  monotonicReads,
  monotonicWrites,
  writesFollowReads,
  acknowledgedWrites,
  rejectedWrites,
  oneKeyOneEffect,
  oneVersionOneWrite,
  boundedReads,
];

export function checkHistory(history: Pick<History, 'operations'>): Anomaly[] {
  const evidence = evidenceOf(history);
  return checkers.flatMap((check) => check(evidence));
}
