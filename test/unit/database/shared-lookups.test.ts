import { beforeEach, describe, expect, it } from 'vitest';
import type { OwnStatements, Selecting } from '../../../src/database/clients/own-statements.ts';
import { DatabaseScope } from '../../../src/database/session/database-scope.ts';
import { ReadObservation } from '../../../src/database/session/read-observation.ts';
import { sharingLookups } from '../../../src/database/session/shared-lookups.ts';
import { WriteCapture } from '../../../src/database/write/write-capture.ts';
import { at } from '../../support/scripted-probe.ts';

type Row = { readonly id: bigint };

let sent: (readonly unknown[])[];
let positions: number[];
let fails: Error | null;
let shared: OwnStatements;
let scope: DatabaseScope;

/** Knows the ids 1 to 1000, and tells a position behind each statement that anybody wants one behind. */
const own: OwnStatements = {
  rows: async <R>({ values, row }: Selecting<R>) => {
    sent.push(values);
    const { observation } = scope;
    const asks = observation?.begins() === true;
    if (fails !== null) throw fails;
    const position = at(positions.shift() ?? 99);
    if (asks) observation?.learn({ reached: position, observed: position });
    return values.filter((id) => typeof id === 'bigint' && id <= 1000n).map((id) => row([id]));
  },
  run: async () => ({ affectedRows: 0, insertId: 0n }),
};

const many = (ids: readonly bigint[]): Selecting<Row> => ({
  sql: 'many',
  values: ids,
  row: ([id]) => ({ id: id as bigint }),
});
const elsewhere = (ids: readonly bigint[]): Selecting<Row> => ({ ...many(ids), sql: 'elsewhere' });
const one = (id: bigint, together = many): Selecting<Row> => ({
  ...many([id]),
  sql: 'one',
  lookup: { id, many: together, idOf: (row) => row.id },
});

/** Asks as an operation of its own. */
function ask(
  statement: Selecting<Row>,
  observation = new ReadObservation(true),
  sending = () => shared.rows(statement),
) {
  const read = async () => Promise.reject(new Error('not asked'));
  return scope.reading({ read, observation }, sending);
}

beforeEach(() => {
  sent = [];
  positions = [];
  fails = null;
  scope = new DatabaseScope('orders');
  shared = sharingLookups(own, scope);
});

describe('lookups by id', () => {
  it('of one turn are one statement, each id once, and each is answered what it asked for', async () => {
    const asked = [1n, 2n, 1n, 5000n].map((id) => ask(one(id)));
    expect(await Promise.all(asked)).toEqual([[{ id: 1n }], [{ id: 2n }], [{ id: 1n }], []]);
    expect(sent).toEqual([[1n, 2n, 5000n]]);
  });

  it('are each a statement when they come one after another', async () => {
    expect([await ask(one(1n)), await ask(one(2n))]).toEqual([[{ id: 1n }], [{ id: 2n }]]);
    expect(sent).toEqual([[1n], [2n]]);
  });

  it('of different tables, and what is no lookup, are asked for apart', async () => {
    await Promise.all([ask(one(1n)), ask(one(2n, elsewhere)), ask(many([3n]))]);
    expect(sent).toEqual([[3n], [1n], [2n]]);
  });

  it('are no more than a hundred in a statement', async () => {
    const ids = Array.from({ length: 250 }, (_, index) => BigInt(index + 1));
    expect(await Promise.all(ids.map((id) => ask(one(id))))).toEqual(ids.map((id) => [{ id }]));
    expect(sent.map(({ length }) => length)).toEqual([100, 100, 50]);
  });

  it('all fail with their statement, and the next ones are asked anew', async () => {
    fails = new Error('lost');
    const outcomes = await Promise.allSettled([ask(one(1n)), ask(one(2n))]);
    expect(outcomes).toEqual([
      { status: 'rejected', reason: fails },
      { status: 'rejected', reason: fails },
    ]);
    fails = null;
    expect(await Promise.all([ask(one(1n)), ask(one(2n))])).toEqual([[{ id: 1n }], [{ id: 2n }]]);
  });

  it('of a transaction stay in it', async () => {
    const written = () => scope.writing(new WriteCapture(), () => shared.rows(one(1n)));
    await Promise.all([ask(one(1n), undefined, written), ask(one(2n)), ask(one(3n))]);
    expect(sent).toEqual([[1n], [2n, 3n]]);
  });
});

describe('the position behind a shared statement', () => {
  it('is told to each operation that wants it, and to no other', async () => {
    positions = [7];
    const [wanting, indifferent, late] = [
      new ReadObservation(true),
      new ReadObservation(false),
      new ReadObservation(true),
    ];
    late.begins();
    await Promise.all([ask(one(1n), indifferent), ask(one(2n), wanting), ask(one(3n), late)]);
    expect(wanting.after(1)?.observed).toEqual(at(7));
    expect(indifferent.after(1)).toBeNull();
    // It had read before: what that showed, this does not include for certain.
    expect(late.after(2)).toBeNull();
  });

  it('is not requested if it is not needed', async () => {
    const asked: (boolean | undefined)[] = [];
    const noting: OwnStatements = {
      ...own,
      rows: (statement) => {
        asked.push(scope.observation?.begins());
        return own.rows(statement);
      },
    };
    shared = sharingLookups(noting, scope);
    await Promise.all([ask(one(1n), new ReadObservation(false)), ask(one(2n), new ReadObservation(false))]);
    expect(asked).toEqual([false]);
  });

  it('is nothing when the statement failed', async () => {
    fails = new Error('lost');
    const observation = new ReadObservation(true);
    await Promise.allSettled([ask(one(1n), observation), ask(one(2n))]);
    expect(observation.after(1)).toBeNull();
  });
});
