/**
 * What the source does not log has no number, and reaches no replica. Whether it logs is said by `log_bin` for all, by
 * `sql_log_bin` for the sessions of this account, and by filters for each database.
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
    message: `${name} logs nothing, so nothing that is written there has a number or reaches a replica`,
    variable: 'log_bin',
    value: 'OFF',
    cure: `start ${name} with log_bin in its configuration and without skip_log_bin, then set up its replicas anew`,
  };
}

/** What was written past the log stays where it is, also when the sessions of today log again. */
function sessionsNotLogged(source: NodeStatus): Problem[] {
  const off = isOff(variableOf(source, 'sql_log_bin'));
  if (!off && !source.unlogged) return [];
  const { name } = source.node;
  const setting = 'take sql_log_bin out of what sessions begin with (SELECT @@GLOBAL.init_connect)';
  return [
    {
      code: 'SESSIONS_NOT_LOGGED',
      node: name,
      message: `${name} ${off ? 'does not log' : 'has not logged all of'} what this account writes, and no replica receives that`,
      variable: 'sql_log_bin',
      value: off ? 'OFF' : 'ON',
      cure: `${off ? `${setting}, ` : ''}copy the replicas anew, then start this service again`,
    },
  ];
}

/** Databases are compared without regard to case: some servers do so, and it errs to a problem. */
function filtered(source: NodeStatus): Problem[] {
  const schema = source.report?.settings?.schema.toLowerCase();
  if (schema === undefined) return [];
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
    message: `${name} leaves ${source.report?.settings?.schema} out of its log, so what is written there reaches no replica`,
    variable,
    value,
    cure: `take ${variable} out of the configuration of ${name}, start it again, then copy its replicas anew`,
  };
}

function unknownFilters(source: NodeStatus): Problem {
  const { name } = source.node;
  const right = source.report?.terms.logRight ?? 'the right to see its log';
  return {
    code: 'SETTINGS_UNKNOWN',
    node: name,
    message: `The account may not see what ${name} leaves out of its log`,
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
      message: `${name} keeps its binary log in a storage engine, where nothing is acknowledged before it shows, and nobody can tell when what shows is counted`,
      variable: 'binlog_storage_engine',
      value: engine,
      cure: `take binlog_storage_engine out of the configuration of ${name}, and start it again`,
    },
  ];
}
