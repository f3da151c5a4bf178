import type { Random } from '../consistency/random.ts';
import type { Finding } from './finding.ts';
import type { Laboratory } from './laboratory.ts';

export type BenchContext = {
  readonly laboratory: Laboratory;
  /** How long to measure, warm-up included. */
  readonly seconds: number;
  /** How many clients are at work side by side, where a bench does not say otherwise. */
  readonly concurrency: number;
  /** How many orders are seeded: their database ids are 1 to this. */
  readonly orders: number;
  readonly random: Random;
  /** The directory of another checkout to compare with. */
  readonly against: string | null;
};

export type Measured = {
  readonly findings: readonly Finding[];
  /** Whatever else was seen; goes into the JSON only. */
  readonly details: Readonly<Record<string, unknown>>;
};

export type Bench = {
  /** What `--only` takes. */
  readonly name: string;
  /** One sentence: what is compared with what. */
  readonly title: string;
  measure(context: BenchContext): Promise<Measured>;
};
