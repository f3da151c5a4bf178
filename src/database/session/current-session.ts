import { AsyncScope } from './async-scope.ts';
import type { ReadObservation } from './read-observation.ts';

/** Runs a read on the client of the node that serves the current operation. */
export interface SessionReader {
  read<T>(run: (client: unknown) => Promise<T>): Promise<T>;
  readonly observation: ReadObservation;
}

const readers = new AsyncScope<SessionReader>();

export function withReader<T>(reader: SessionReader, work: () => T): T {
  return readers.run(reader, work);
}

/** Throws when no session is open: a read that nobody routed must not go anywhere by chance. */
export function currentReader(): SessionReader {
  const reader = readers.current();
  if (reader === undefined) throw new Error('A read was made outside of a database session');
  return reader;
}

/** Runs a statement that reads for several operations: what it sees is told to `observation` alone. */
export function observing<T>(observation: ReadObservation, work: () => T): T {
  const read = async (): Promise<never> => {
    throw new Error('A statement of several operations belongs to no session');
  };
  return readers.run({ observation, read }, work);
}

/** What the statements of the current operation see, `undefined` outside of a session. */
export function currentObservation(): ReadObservation | undefined {
  return readers.current()?.observation;
}
