import type { Intervals } from './intervals.ts';

/** One stream of transactions: the server that wrote them, the tag they carry (8.3 and later, else ''), their numbers. */
export type GtidStream = { readonly uuid: string; readonly tag: string; readonly intervals: Intervals };
