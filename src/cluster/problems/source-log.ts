/**
 * What the source does not log has no number, and reaches no replica. Logging is controlled by `log_bin` for all, by `sql_log_bin` for the
 * sessions of this account, and by filters for each database.
 */
import { writableSource } from '../cluster-snapshot.ts';
import type { NodeStatus } from '../node-status.ts';
import type { Problem } from '../problem.ts';
import { listOf } from './filter-text.ts';
import type { ProblemRule } from './problem-rule.ts';
import { isOff, variableOf } from './seen-settings.ts';

export const sourceLogRule: ProblemRule = (snapshot) => {
  const source = writableSource(snapshot);
  if (source === undefined) return [];
  if (isOff(variableOf(source, 'log_bin'))) return [logOff(source)];
  return [...sessionsNotLogged(source), ...filtered(source), ...inInnodb(source)];
};

function logOff(source: NodeStatus): Problem {
  const { name } = source.node;
  return {
    code: 'BINARY_LOG_OFF',
    node: name,
    message: `${name} has no binary log, so no write there has a number or reaches a replica`,
    variable: 'log_bin',
    value: 'OFF',
    cure: `start ${name} with log_bin in its configuration and without skip_log_bin, then set up its replicas again`,
  };
}

/** What was written without logging stays unreplicated, even if sessions log again. */
function sessionsNotLogged(source: NodeStatus): Problem[] {
  const off = isOff(variableOf(source, 'sql_log_bin'));
  if (!off && !source.unlogged) return [];
  const { name } = source.node;
  const setting = 'remove sql_log_bin from the session initialisation (SELECT @@GLOBAL.init_connect)';
  return [
    {
      code: 'SESSIONS_NOT_LOGGED',
      node: name,
      message: `${name} ${off ? 'does not log' : 'has not logged all of'} the writes of this account, and they reach no replica`,
      variable: 'sql_log_bin',
      value: off ? 'OFF' : 'ON',
      cure: `${off ? `${setting}, ` : ''}copy the replicas again, then restart this service`,
    },
  ];
}

/** Databases are compared case-insensitively: some servers do so, and it errs on the side of reporting a problem. */
function filtered(source: NodeStatus): Problem[] {
  const schema = source.report?.settings?.schema.toLowerCase();
  if (schema === undefined || source.report?.terms.logRight === null) return [];
  const [only, without] = [variableOf(source, 'binlog_do_db'), variableOf(source, 'binlog_ignore_db')];
  if (only === undefined || without === undefined) return [unknownFilters(source)];
  const found: Problem[] = [];
  const add = (variable: string, value: string) => found.push(filteredBy(source, variable, value));
  if (only !== '' && !listOf(only).includes(schema)) add('binlog_do_db', only);
  if (listOf(without).includes(schema)) add('binlog_ignore_db', without);
  return found;
}

function filteredBy(source: NodeStatus, variable: string, value: string): Problem {
  const { name } = source.node;
  return {
    code: 'BINARY_LOG_FILTERED',
    node: name,
    message: `${name} does not log ${source.report?.settings?.schema}, so writes there reach no replica`,
    variable,
    value,
    cure: `remove ${variable} from the configuration of ${name}, restart it, then copy its replicas again`,
  };
}

function unknownFilters(source: NodeStatus): Problem {
  const { name } = source.node;
  const right = source.report?.terms.logRight ?? 'the right to see its log';
  return {
    code: 'SETTINGS_UNKNOWN',
    node: name,
    message: `The account may not see what ${name} filters from its log`,
    variable: 'binlog_do_db',
    value: null,
    cure: `GRANT ${right} ON *.* TO the account that the service uses on ${name}`,
  };
}

function inInnodb(source: NodeStatus): Problem[] {
  const engine = variableOf(source, 'binlog_storage_engine');
  if (engine === undefined || engine === '') return [];
  const { name } = source.node;
  return [
    {
      code: 'BINARY_LOG_IN_INNODB',
      node: name,
      message: `${name} keeps its binary log in a storage engine, where nothing is acknowledged before it becomes visible, and it is unknown when what is visible is counted`,
      variable: 'binlog_storage_engine',
      value: engine,
      cure: `remove binlog_storage_engine from the configuration of ${name}, and restart it`,
    },
  ];
}
