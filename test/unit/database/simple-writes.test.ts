import { describe, expect, it } from 'vitest';
import { keysNamedBy, readWrite, targetOf } from '../../../src/servers/simple-writes.ts';

const where = (condition: string) => {
  const write = readWrite(`UPDATE \`db\`.\`t\` SET \`a\` = ?, \`b\` = (\`db\`.\`t\`.\`b\` + ?) WHERE ${condition}`);
  if (write?.kind !== 'UPDATE') throw new Error('not read');
  return write.where;
};

describe('the table that a statement writes to', () => {
  it.each([
    ['INSERT INTO `db`.`t` (`a`) VALUES (?)', 't'],
    ['INSERT IGNORE INTO t (a) VALUES (?)', 't'],
    ['insert into t select 1', 't'],
    ['REPLACE INTO t VALUES (1)', 't'],
    ['UPDATE `db`.`t` SET a = 1', 't'],
    ['update ignore t set a = 1', 't'],
    ['DELETE FROM `two words` WHERE 1=1', 'two words'],
    ['SELECT * FROM t FOR UPDATE', null],
    ['COMMIT', null],
  ])('of %s is %s', (text, table) => {
    expect(targetOf(text)).toBe(table);
  });
});

describe('reading a write', () => {
  it('finds each cell of an insert, or that nothing was given for it', () => {
    const text = "INSERT INTO `db`.`t` (`id`,`a`,`b`) VALUES (DEFAULT,?,null), (?,'a?),(',?), (?,NOW(3),-1)";
    expect(readWrite(text)).toEqual({
      kind: 'INSERT',
      columns: ['id', 'a', 'b'],
      rows: [
        ['NONE', 0, 'NONE'],
        [1, 'OTHER', 2],
        [3, 'OTHER', 'OTHER'],
      ],
    });
    expect(readWrite('INSERT INTO t () VALUES ()')).toEqual({ kind: 'INSERT', columns: [], rows: [['NONE']] });
  });

  it('finds assignments and condition of an update, and which parameters are theirs', () => {
    const text = "UPDATE `db`.`t` SET `a` = ?, `db`.`t`.`b` = IF(?, ',WHERE', b), c = NULL WHERE (`id` = ? AND 1=1)";
    expect(readWrite(text)).toEqual({
      kind: 'UPDATE',
      name: '`db`.`t`',
      assigned: [
        { column: 'a', cell: 0 },
        { column: 'b', cell: 'OTHER' },
        { column: 'c', cell: 'NONE' },
      ],
      where: { before: text.slice(0, text.lastIndexOf('WHERE')), text: '(`id` = ? AND 1=1)', firstParameter: 2 },
    });
  });

  it('leaves conditions inside of others alone', () => {
    const condition = '(`t`.`id`) IN (SELECT * FROM (SELECT id FROM t WHERE a > ? LIMIT ?) AS s)';
    expect(readWrite(`DELETE FROM t WHERE ${condition}`)).toEqual({
      kind: 'DELETE',
      name: 't',
      where: { before: 'DELETE FROM t ', text: condition, firstParameter: 0 },
    });
    expect(readWrite('DELETE FROM t')).toMatchObject({ where: { text: '1=1', before: 'DELETE FROM t' } });
  });

  it.each([
    'INSERT INTO t SELECT * FROM u',
    'INSERT INTO t SET a = 1',
    'INSERT INTO t VALUES (1)',
    'INSERT INTO t (a) VALUES (?) ON DUPLICATE KEY UPDATE a = 1',
    'INSERT INTO t (a, b) VALUES (?)',
    'REPLACE INTO t (a) VALUES (?)',
    'UPDATE t JOIN u ON t.a = u.a SET t.b = 1',
    'UPDATE t, u SET t.b = 1',
    'UPDATE t AS x SET b = 1',
    'UPDATE t SET a = 1 WHERE b = 2 ORDER BY a LIMIT 1',
    'DELETE FROM t WHERE b = 2 LIMIT 1',
    'DELETE FROM t USING t JOIN u',
    'UPDATE t SET a = 1 -- WHERE id = ?\n',
    'UPDATE t SET a = 1 # WHERE id = ?\n',
    "UPDATE t SET a = 'unclosed WHERE id = ?",
    'SELECT 1',
  ])('gives up on %s', (text) => {
    expect(readWrite(text)).toBeNull();
  });
});

describe('the keys that a condition names', () => {
  it.each([
    ['`db`.`t`.`id` = ?', [2]],
    ['id = ?', [2]],
    ['(`db`.`t`.`id` IN (?) AND (`db`.`t`.`number` = ? AND 1=1))', [2]],
    ['(`db`.`t`.`number` = ? AND (`db`.`t`.`a` IN (?,?) AND (`db`.`t`.`id` IN (?, ?) AND 1=1)))', [5, 6]],
    ["(`t`.`number` LIKE CONCAT('%', ?, ' OR') AND `t`.`id` = ?)", [3]],
  ])('%s', (condition, keys) => {
    expect(keysNamedBy(where(condition), 'id')).toEqual(keys);
  });

  it.each([
    '(`t`.`id` = ? OR `t`.`a` = ?)',
    '`t`.`id` = ? OR `t`.`a` = ? AND 1=1',
    '(NOT `t`.`id` = ?)',
    'NOT (`t`.`id` = ? AND 1=1)',
    '`t`.`id` > ?',
    '`t`.`id` NOT IN (?)',
    '`t`.`id` IN (NULL)',
    '`t`.`id` IN (SELECT a FROM u WHERE id = ?)',
    '`t`.`other_id` = ?',
    '`t`.`a` BETWEEN ? AND id = ?',
    '`t`.`id` = ? || `t`.`a` = ?',
    '`t`.`id` = ? = ?',
    '`t`.`id` = ? + 1',
    'EXISTS(SELECT 1 FROM u WHERE u.id = ? AND `t`.`id` = ?)',
    '1=1',
  ])('are not told by %s', (condition) => {
    expect(keysNamedBy(where(condition), 'id')).toBeNull();
  });
});
