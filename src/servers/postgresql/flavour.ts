import type { Flavour } from '../flavour.ts';
import { rowsOf, textOf } from '../rows.ts';
import { PostgresqlBehindReads } from './behind-reads.ts';
import { postgresqlChecks } from './checks.ts';
import { postgresqlProofs } from './commit-proofs.ts';
import { postgresqlCommits } from './commit-question.ts';
import { PostgresqlConnection } from './connection.ts';
import { copyTools, postgresqlControl } from './control.ts';
import { postgresqlDriver } from './driver.ts';
import { postgresqlEpochs } from './epoch-table.ts';
import { readHistory, readHistoryFacts } from './history.ts';
import { postgresqlLocal } from './local/servers.ts';
import { postgresqlMigrations } from './migrations.ts';
import { postgresqlMirrorSide } from './mirror-side.ts';
import { postgresqlLocks } from './named-locks.ts';
import { postgresqlOutbox } from './outbox-table.ts';
import { postgresqlPositions } from './positions.ts';
import { PostgresqlQuestions, probeQuestion } from './questions.ts';
import { refusedByOf } from './server-facts.ts';
import { beginSnapshot } from './snapshot.ts';
import { postgresqlTables } from './table-statements.ts';
import { postgresqlKeys } from './written-keys.ts';

export const postgresql: Flavour = {
  name: 'postgresql',
  driver: postgresqlDriver,
  positions: postgresqlPositions,
  capabilities: { groups: false, byStatements: { stepsDown: false, copies: false, copyTools } },
  isBehind: (connection) => connection instanceof PostgresqlConnection,
  questions: (clock) => new PostgresqlQuestions(clock),
  control: postgresqlControl,
  commits: postgresqlCommits,
  readsAndPositions: () => new PostgresqlBehindReads(),
  beginSnapshot,
  checks: postgresqlChecks,
  proofs: postgresqlProofs,
  epochs: postgresqlEpochs,
  outbox: postgresqlOutbox,
  keys: postgresqlKeys,
  tables: postgresqlTables,
  locks: postgresqlLocks,
  migrations: postgresqlMigrations,
  mirrorSide: postgresqlMirrorSide,
  readHistory,
  readHistoryFacts,
  // A restored server begins a timeline of its own, or has lost what its log would say.
  startOfLog: async () => null,
  readIdentity: async (connection) => textOf(rowsOf(await connection.query(probeQuestion))[0], 'identity'),
  refusedBy: async (connection) => refusedByOf(rowsOf(await connection.query(probeQuestion))[0] ?? {}),
  local: postgresqlLocal,
};
