import type { ReadObservation } from './read-observation.ts';

/** Runs a read on the client of the node that serves the current operation. */
export interface SessionReader {
  read<T>(run: (client: unknown) => Promise<T>): Promise<T>;
  readonly observation: ReadObservation;
}
