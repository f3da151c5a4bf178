import { describe, expect, it } from 'vitest';
import { blinds } from '../../../../src/cluster/problem.ts';
import { findProblems } from '../../../../src/cluster/problems/find-problems.ts';
import { parsePosition } from '../../../support/positions.ts';
import { channel, mysqlPosition, replica, source } from './seen.ts';

const history = parsePosition('mariadb', '0-1-7,3-5-2');
const master = source({
  variables: { gtid_domain_id: '0' },
  report: { position: history, logged: { 1: parsePosition('mariadb', '0-1-7'), 5: parsePosition('mariadb', '3-5-2') } },
});
const filtered = (filters: Readonly<Record<string, string>>, name = '') =>
  findProblems([master, replica({ channels: [channel({ name, filters })] })]);

describe('a filter of a replica', () => {
  it.each([
    ['Replicate_Do_DB', 'orders', false],
    ['Replicate_Do_DB', 'shop,ORDERS', false],
    ['Replicate_Do_DB', 'shop', true],
    ['Replicate_Ignore_DB', 'orders', true],
    ['Replicate_Ignore_DB', 'shop, Orders', true],
    ['Replicate_Ignore_DB', 'mysql,orders2', false],
    ['Replicate_Do_Table', 'orders.orders', true],
    ['Replicate_Do_Table', 'shop.basket', true],
    ['Replicate_Ignore_Table', 'orders.order_items', true],
    ['Replicate_Ignore_Table', 'shop.basket,Orders.orders', true],
    ['Replicate_Ignore_Table', 'shop.basket', false],
    ['Replicate_Ignore_Table', 'shop.basket, ,', false],
    ['Replicate_Ignore_Table', 'basket', true],
    ['Replicate_Wild_Do_Table', 'orders.%', false],
    ['Replicate_Wild_Do_Table', 'shop.%,ord%.%', false],
    ['Replicate_Wild_Do_Table', '%.%', false],
    ['Replicate_Wild_Do_Table', 'orders.order%', true],
    ['Replicate_Wild_Do_Table', 'shop.%', true],
    ['Replicate_Wild_Ignore_Table', 'orders.%', true],
    ['Replicate_Wild_Ignore_Table', 'ord%.tmp%', true],
    ['Replicate_Wild_Ignore_Table', 'order_.x', true],
    ['Replicate_Wild_Ignore_Table', '%.basket', true],
    ['Replicate_Wild_Ignore_Table', 'order\\_.x', false],
    ['Replicate_Wild_Ignore_Table', 'shop.%,mysql.%', false],
    ['Replicate_Wild_Ignore_Table', 'orders', true],
    ['Replicate_Wild_Ignore_Table', 'shop', true],
    ['Replicate_Wild_Ignore_Table', 'shop.basket', false],
    ['Replicate_Wild_Ignore_Table', 'shop.%,orders.%', true],
    ['Replicate_Wild_Ignore_Table', 'orders\\.x', true],
    ['Replicate_Wild_Ignore_Table', '\\orders.x', true],
    ['Replicate_Wild_Ignore_Table', 'orders+.x', false],
    ['Replicate_Rewrite_DB', 'orders->shop', true],
    ['Replicate_Rewrite_DB', 'shop->orders', true],
    ['Replicate_Rewrite_DB', '(orders,shop)', true],
    ['Replicate_Rewrite_DB', 'a->b', false],
    ['Replicate_Rewrite_DB', '(a,b),(orders2,c)', false],
    ['Replicate_Ignore_Server_Ids', '1', true],
    ['Replicate_Ignore_Server_Ids', '9, 5', true],
    ['Replicate_Ignore_Server_Ids', '2', false],
    ['Replicate_Ignore_Server_Ids', '2, 77', false],
    ['Replicate_Do_Domain_Ids', '0, 3', false],
    ['Replicate_Do_Domain_Ids', '0', true],
    ['Replicate_Ignore_Domain_Ids', '0', true],
    ['Replicate_Ignore_Domain_Ids', '9, 3', true],
    ['Replicate_Ignore_Domain_Ids', '1, 2', false],
    ['Replicate_Of_A_Later_Version', 'anything', true],
  ])('%s=%s touches our tables: %s', (option, given, isFound) => {
    const problems = filtered({ [option]: given });
    expect(problems.map(({ code, node, variable, value }) => [code, node, variable, value])).toEqual(
      isFound ? [['REPLICATION_FILTERED', 'replica-1', option, given]] : [],
    );
    expect(problems.every(blinds)).toBe(true);
  });

  it.each([
    ['Replicate_Ignore_Server_Ids', '77'],
    ['Replicate_Ignore_Domain_Ids', '77'],
    ['Replicate_Do_Domain_Ids', '0'],
  ])('%s is a problem while the source is unknown', (option, given) => {
    const alone = replica({ channels: [channel({ filters: { [option]: given } })] });
    expect(findProblems([alone])).toMatchObject([{ code: 'REPLICATION_FILTERED' }]);
  });

  it('that leaves out the replica itself is none, whichever server is the source', () => {
    const alone = replica({ channels: [channel({ filters: { Replicate_Ignore_Server_Ids: '2' } })] });
    expect(findProblems([alone])).toEqual([]);
  });

  it.each([
    ['Replicate_Ignore_Server_Ids', '77', 'server_id'],
    ['Replicate_Do_Domain_Ids', '0,3', 'gtid_domain_id'],
    ['Replicate_Ignore_Domain_Ids', '77', 'gtid_domain_id'],
  ])('%s=%s is a problem where the source does not show its %s', (option, given, variable) => {
    const { [variable]: _, ...variables } = master.report?.settings?.variables ?? {};
    const settings = { schema: 'orders', variables, channels: [] };
    const silent = { ...master, report: master.report && { ...master.report, settings } };
    const problems = findProblems([silent, replica({ channels: [channel({ filters: { [option]: given } })] })]);
    expect(problems).toMatchObject([{ code: 'REPLICATION_FILTERED' }]);
  });

  it('is mended in the words of MariaDB', () => {
    const cures = (option: string, name = '') => filtered({ [option]: 'orders,1,0' }, name)[0]?.cure;
    expect(cures('Replicate_Ignore_DB')).toBe(
      "STOP SLAVE; SET GLOBAL replicate_ignore_db = ''; START SLAVE; and take replicate_ignore_db out of its configuration",
    );
    expect(cures('Replicate_Ignore_DB', 'west')).toContain("SET GLOBAL west.replicate_ignore_db = ''");
    expect(cures('Replicate_Ignore_Domain_Ids', 'west')).toBe(
      "STOP SLAVE 'west'; CHANGE MASTER 'west' TO IGNORE_DOMAIN_IDS = (); START SLAVE 'west'",
    );
    expect(cures('Replicate_Ignore_Server_Ids')).toContain('CHANGE MASTER TO IGNORE_SERVER_IDS = ()');
  });

  it('and of MySQL', () => {
    const cure = (option: string) => {
      const channels = [channel({ name: 'west', filters: { [option]: 'orders,1' } })];
      const report = { position: mysqlPosition };
      return findProblems([source({ report }), replica({ report, channels })])[0]?.cure;
    };
    expect(cure('Replicate_Ignore_DB')).toBe(
      "STOP REPLICA FOR CHANNEL 'west'; CHANGE REPLICATION FILTER REPLICATE_IGNORE_DB = () FOR CHANNEL 'west'; START REPLICA FOR CHANNEL 'west'; and take replicate_ignore_db out of its configuration",
    );
    expect(cure('Replicate_Ignore_Server_Ids')).toContain(
      "CHANGE REPLICATION SOURCE TO IGNORE_SERVER_IDS = () FOR CHANNEL 'west'",
    );
  });
});
