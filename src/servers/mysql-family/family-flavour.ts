import type { Clock } from '../../platform/clock.ts';
import type { Connection } from '../connection.ts';
import type { Flavour } from '../flavour.ts';
import { type Row, rowsOf, textOf } from '../rows.ts';
import { FamilyBehindReads } from './behind-reads.ts';
import { familyChecks } from './checks.ts';
import { familyProofs } from './commit-proofs.ts';
import { commitQuestion } from './commit-question.ts';
import { familyControl } from './control.ts';
import type { ControlStatements } from './control-statements.ts';
import { familyDriver } from './driver.ts';
import { familyEpochs } from './epoch-table.ts';
import { type HistoryQuestions, readHistory, readHistoryFacts } from './history.ts';
import { familyMigrations } from './migrations.ts';
import { familyMirrorSide } from './mirror-side.ts';
import { familyLocks } from './named-locks.ts';
import { familyOutbox } from './outbox-table.ts';
import { FamilyQuestions } from './questions.ts';
import type { ServerStatements } from './server-statements.ts';
import { beginSnapshot } from './snapshot.ts';
import { familyTables } from './table-statements.ts';
import type { UnshownCommits } from './unshown-commits.ts';
import { refusedByColumn, refusedByOf } from './write-refusal.ts';
import { familyKeys } from './written-keys.ts';

/** What still differs between servers of the family that share a protocol. */
export type FamilyFlavour = Pick<Flavour, 'name' | 'capabilities' | 'isBehind' | 'startOfLog' | 'local'> & {
  readonly statements: ServerStatements;
  /** For a kind whose servers may differ in their statements; asked once on each connection. */
  readonly statementsFor: (connection: Connection) => Promise<ServerStatements>;
  readonly control: ControlStatements;
  readonly history: HistoryQuestions;
  readonly unshown: (clock: Clock) => UnshownCommits;
};

export function familyFlavour(given: FamilyFlavour): Flavour {
  const { statements, statementsFor, control, history, unshown, ...own } = given;
  const refused = `SELECT ${refusedByColumn(statements.refusals)}`;
  return {
    ...own,
    positions: statements.positions,
    questions: (clock) => new FamilyQuestions({ clock, statementsFor, unshown: unshown(clock) }),
    control: familyControl(statements, control),
    commits: commitQuestion(statements),
    readsAndPositions: () => new FamilyBehindReads(statements),
    checks: familyChecks,
    proofs: familyProofs,
    epochs: familyEpochs(statements.positions),
    outbox: familyOutbox,
    keys: familyKeys,
    tables: familyTables,
    mirrorSide: familyMirrorSide,
    locks: familyLocks,
    migrations: familyMigrations,
    driver: familyDriver,
    beginSnapshot: (connection) => beginSnapshot(connection, statements),
    readHistory: (connection) => readHistory(connection, history),
    readHistoryFacts: (connection, asked) => readHistoryFacts(connection, history, asked),
    readIdentity: async (connection) => textOf(await firstRow(connection, statements.probe), 'identity'),
    refusedBy: async (connection) => refusedByOf(await firstRow(connection, refused)),
  };
}

async function firstRow(connection: Connection, sql: string): Promise<Row> {
  return rowsOf(await connection.query(sql))[0] ?? {};
}
