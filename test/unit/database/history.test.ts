import { describe, expect, it } from 'vitest';
import { mariadbHistory } from '../../../src/servers/mariadb/history.ts';
import { mysqlHistory } from '../../../src/servers/mysql/history.ts';
import { historyAnswer } from '../../../src/servers/mysql-family/history.ts';

describe('what a server says of its history', () => {
  const rows = {
    mariadb: { identity: '1@a:1', logged: '0-1-5', applied: '', held: '0-1-5' },
    mysql: { identity: 'u', owned: '', executed: '3e11fa47-71ca-11e1-9e33-c80aa9429562:1-7' },
  } as const;
  const questions = { mariadb: mariadbHistory, mysql: mysqlHistory };
  it.each([
    ['mariadb', ''],
    ['mariadb', 'read_only'],
    ['mariadb', 'innodb_read_only'],
    ['mysql', ''],
    ['mysql', 'super_read_only'],
    ['mysql', 'innodb_read_only'],
    ['mysql', 'offline_mode'],
    ['mysql', 'read_only,offline_mode'],
  ] as const)('%s: it takes writes unless one of all variables is on (%j)', (flavour, refusedBy) => {
    const answer = historyAnswer(questions[flavour], { ...rows[flavour], refusedBy }, [], []);
    expect(answer.readOnly).toBe(refusedBy !== '');
    for (const name of refusedBy.split(',').filter((name) => name !== '')) {
      expect(questions[flavour].own).toContain(`@@GLOBAL.${name}`);
    }
  });
});
