import type { Metrics } from '../platform/metrics.ts';
import type { CacheVerdict } from './may-answer.ts';

const lookupResults = ['hit', 'late-hit', 'absent', 'outdated', 'behind', 'other-epoch', 'unavailable'] as const;
export type LookupResult = (typeof lookupResults)[number];
const keepResults = ['kept', 'outdated', 'too-large', 'contended', 'unavailable', 'given-up'] as const;
export type KeepResult = (typeof keepResults)[number];
const tellResults = ['told', 'lost'] as const;
export type TellResult = (typeof tellResults)[number];

const ageBucketsS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const;

export const missOf = {
  FRESH: 'absent',
  LATE: 'outdated',
  OUTDATED: 'outdated',
  BEHIND: 'behind',
  OTHER_EPOCH: 'other-epoch',
} as const satisfies Record<CacheVerdict, LookupResult>;

/** Counts lookups, fills and invalidations of the cache. */
export class CacheMetrics {
  readonly #lookups;
  readonly #kept;
  readonly #told;
  readonly #age;

  constructor(metrics: Metrics) {
    this.#lookups = metrics.counter({
      name: 'tidemark_cache_lookups_total',
      help: 'Operations that asked the cache, by result.',
      labels: { result: lookupResults },
    });
    this.#kept = metrics.counter({
      name: 'tidemark_cache_fills_total',
      help: 'Answers read for the cache, by whether they were stored, and why not.',
      labels: { result: keepResults },
    });
    this.#told = metrics.counter({
      name: 'tidemark_cache_invalidations_total',
      help: 'Writes, or groups of them, by whether they were announced to the cache.',
      labels: { result: tellResults },
    });
    this.#age = metrics.histogram({
      name: 'tidemark_cache_hit_age_seconds',
      help: 'Age of the answers given from the cache.',
      labels: {},
      buckets: ageBucketsS,
    });
  }

  hit(result: 'hit' | 'late-hit', ageMs: number): void {
    this.#lookups({ result });
    this.#age({}, ageMs / 1000);
  }

  missed(result: LookupResult): void {
    this.#lookups({ result });
  }

  filled(result: KeepResult): void {
    this.#kept({ result });
  }

  told(result: TellResult): void {
    this.#told({ result });
  }
}
