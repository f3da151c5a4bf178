import type { CommitQuestion } from '../flavour.ts';
import type { Row, ServerStatements } from '../server-statements.ts';

export function commitQuestion({ afterCommit, own }: ServerStatements): CommitQuestion {
  return { ask: (connection) => connection.query<Row[]>(afterCommit).then(([row]) => row), own };
}
