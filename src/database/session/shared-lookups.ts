/**
 * Rows requested by id in one turn of the event loop, from one server, are fetched by one statement: a busy
 * process works on several requests between two polls of its sockets. Each caller has already checked that the server
 * has what it must see; the position requested after the statement includes what the statement saw for each of them.
 */

import type { Lookup, OwnStatements, Selecting } from '../clients/own-statements.ts';
import type { DatabaseScope } from './database-scope.ts';
import { ReadObservation } from './read-observation.ts';

type Asking<Row> = {
  readonly statement: Selecting<Row>;
  readonly lookup: Lookup<Row>;
  readonly observation: ReadObservation | undefined;
  readonly answer: (rows: Promise<Row[]>) => void;
};

const maxInOne = 100;

/** The same statements, those lookups shared that may be. */
export function sharingLookups(own: OwnStatements, scope: DatabaseScope): OwnStatements {
  // biome-ignore lint/suspicious/noExplicitAny: the rows of one `many` are all of one kind
  const waiting = new Map<unknown, Asking<any>[]>();

  const send = (key: unknown) => {
    const asked = waiting.get(key) ?? [];
    waiting.delete(key);
    const [only] = asked;
    if (only !== undefined && asked.length === 1) only.answer(own.rows(only.statement));
    else askTogether(own, scope, asked);
  };

  return {
    ...own,
    rows<Row>(statement: Selecting<Row>): Promise<Row[]> {
      const { lookup } = statement;
      if (lookup === undefined || scope.capture !== null) return own.rows(statement);
      return new Promise((answer) => {
        const asked = waiting.get(lookup.many) ?? [];
        if (asked.length === 0) {
          waiting.set(lookup.many, asked);
          setImmediate(() => send(lookup.many));
        }
        asked.push({ statement, lookup, observation: scope.observation, answer });
        if (asked.length === maxInOne) send(lookup.many);
      });
    },
  };
}

function askTogether<Row>(own: OwnStatements, scope: DatabaseScope, asked: readonly Asking<Row>[]): void {
  const [first] = asked;
  if (first === undefined) return;
  const ids = new Set(asked.map(({ lookup }) => lookup.id));
  const shared = new ReadObservation(asked.some(({ observation }) => observation?.isWanted === true));
  const reading = scope.observing(shared, () => own.rows(first.lookup.many([...ids])));
  for (const { lookup, observation, answer } of asked) {
    const its = reading.then((rows) => {
      observation?.share(shared);
      return rows.filter((row) => lookup.idOf(row) === lookup.id);
    });
    answer(its);
  }
}
