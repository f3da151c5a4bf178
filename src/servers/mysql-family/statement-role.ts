/** Which statements of the family leave a transaction open. What the roles mean: dialect.ts. */
import type { StatementRole } from '../dialect.ts';

const keeping = new Set([
  ...['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'REPLACE', 'WITH', 'VALUES', 'TABLE', 'DO', 'HANDLER'],
  ...['SHOW', 'EXPLAIN', 'DESCRIBE', 'DESC', 'HELP', 'SAVEPOINT', 'RELEASE', 'SET', 'USE', 'KILL'],
  ...['PREPARE', 'DEALLOCATE', 'GET', 'SIGNAL', 'RESIGNAL'],
]);
const hiding = new Set(['CALL', 'EXECUTE']);

/** Comments that the server treats as such. One that begins with `!` or `M!` contains a statement. */
const leading = /^(?:\s|\(|\/\*(?!M?!)[\s\S]*?\*\/|--(?=\s)[^\n]*(?:\n|$)|#[^\n]*(?:\n|$))+/;

export function roleOf(text: string): StatementRole {
  const statement = text.replace(leading, '');
  const word = /^[a-z]+/i.exec(statement)?.[0].toUpperCase() ?? '';
  if (hiding.has(word)) return 'HIDES';
  if (word === 'SET') return setRole(statement);
  if (keeping.has(word)) return 'KEEPS';
  if (word === 'ROLLBACK') return /^ROLLBACK\s+(?:WORK\s+)?TO\b/i.test(statement) ? 'KEEPS' : 'ENDS';
  if (/^(?:CREATE|DROP)\s+(?:OR\s+REPLACE\s+)?TEMPORARY\b/i.test(statement)) return 'KEEPS';
  return 'ENDS';
}

/** MariaDB's `SET STATEMENT … FOR` runs any statement. */
function setRole(statement: string): StatementRole {
  if (/^SET\s+STATEMENT\b/i.test(statement)) return 'HIDES';
  return /\b(?:autocommit|completion_type)\b/i.test(statement) ? 'ENDS' : 'KEEPS';
}

const leavingNothing =
  /^(?:SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH|VALUES|SHOW|SAVEPOINT|RELEASE|ROLLBACK|COMMIT|BEGIN)\b/i;

const beginning = /^(?:BEGIN|START\s+TRANSACTION|SET\s+TRANSACTION)\b/i;

/** Whether the next user of the connection would find an open transaction, or get a transaction of another kind. */
export function mayLeaveTransaction(text: string): boolean {
  return beginning.test(text.replace(leading, ''));
}

/** Whether the statement may change the connection's state: variables, locks, or current database. */
export function mayChangeConnection(text: string): boolean {
  const statement = text.replace(leading, '');
  return !leavingNothing.test(statement) && !/^(?:SET|START)\s+TRANSACTION\b/i.test(statement);
}
