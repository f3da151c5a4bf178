import type { CommitQuestion } from '../flavour.ts';
import type { Row } from '../rows.ts';
import type { ServerStatements } from './server-statements.ts';

export function commitQuestion({ afterCommit, own }: ServerStatements): CommitQuestion {
  return { ask: (connection) => connection.query<Row[]>(afterCommit).then(([row]) => row), own };
}
