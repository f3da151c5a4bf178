import { describe, expect, it } from 'vitest';
import { MariadbHistory } from '../../../src/servers/mariadb/gtid-history.ts';
import { MariadbGtidPosition } from '../../../src/servers/mariadb/gtid-position.ts';
import { parseGtids } from '../../../src/servers/mariadb/history.ts';
import { MysqlHistory } from '../../../src/servers/mysql/gtid-history.ts';
import { MysqlGtidSet } from '../../../src/servers/mysql/gtid-set.ts';

const position = (text: string) => MariadbGtidPosition.parse(text);
const history = (logged: string, applied = '') => new MariadbHistory(parseGtids(logged), position(applied));

describe('what a MariaDB log proves of a position', () => {
  const table: [what: string, logged: string, applied: string, position: string, verdict: string][] = [
    ['the last transaction of its writer', '0-1-100', '', '0-1-100', 'INCLUDED'],
    ['an earlier one of the only writer', '0-1-100', '', '0-1-40', 'INCLUDED'],
    ['one that is not there yet', '0-1-100', '', '0-1-101', 'LACKING'],
    ['a lost one whose number is given out again', '0-1-89,0-2-150', '', '0-1-101', 'LACKING'],
    ['a lost one just behind the fork', '0-1-89,0-2-90', '', '0-1-90', 'LACKING'],
    ['the last before a fork', '0-1-89,0-2-150', '', '0-1-89', 'INCLUDED'],
    ['one of the new source', '0-1-89,0-2-150', '', '0-2-120', 'INCLUDED'],
    ['one of the new source, with a number that the old one has used', '0-1-89,0-2-150', '', '0-2-80', 'UNKNOWN'],
    ['one from before two changes of the source', '0-1-200,0-2-150', '', '0-1-100', 'UNKNOWN'],
    ['one of a server that never wrote there', '0-1-89,0-2-150', '', '0-3-120', 'LACKING'],
    ['one of a domain that is not there', '0-1-100', '', '7-1-1', 'LACKING'],
    ['nothing on an empty server', '', '', '0-1-1', 'LACKING'],
    ['what a restored server began with', '', '0-1-50', '0-1-50', 'INCLUDED'],
    ['less than a restored server began with', '', '0-1-50', '0-1-40', 'UNKNOWN'],
    ['more than a restored server began with', '', '0-1-50', '0-1-60', 'LACKING'],
    ['more than a restored server began with, behind what it wrote', '0-9-80', '0-1-50', '0-1-60', 'UNKNOWN'],
    ['the very end of a dump, behind what its loading has logged', '0-1-30', '0-1-50', '0-1-50', 'INCLUDED'],
    ['less than the end of a dump, and more than its loading has logged', '0-1-30', '0-1-50', '0-2-40', 'UNKNOWN'],
    ['more than the end of a dump and than its loading has logged', '0-1-30', '0-1-50', '0-1-51', 'LACKING'],
    ['a number of the end of a dump that another server gave out', '0-1-30', '0-1-50', '0-2-50', 'LACKING'],
    ['one of two domains that is lost', '0-1-100,1-2-5', '', '0-1-90,1-2-6', 'LACKING'],
    ['one of two domains that is undecided', '0-1-200,0-2-150,1-2-5', '', '0-1-90,1-2-5', 'UNKNOWN'],
  ];

  it.each(table)('%s', (_what, logged, applied, asked, verdict) => {
    expect(history(logged, applied).judge(position(asked))).toBe(verdict);
  });

  it('grows with what the server commits, and tells when it has gone back', () => {
    const before = history('0-1-100');
    const after = before.after(position('0-1-103'));
    expect(after.judge(position('0-1-102'))).toBe('INCLUDED');
    expect([after.continues(before), before.continues(after), before.continues(before)]).toEqual([true, false, true]);
    expect(before.after(position('0-1-99'))).toBe(before);
  });

  it('leaves of a lost position where its own domains end', () => {
    expect(history('0-1-89,0-2-150,5-1-3').surviving(position('0-1-101'))?.format()).toBe('0-2-150');
    expect(history('5-1-3').surviving(position('0-1-101'))).toBeNull();
  });

  it('knows who has written', () => {
    const of = (writer: string) => history('0-1-89', '3-7-1').hasWriter(writer);
    expect([of('1'), of('7'), of('2')]).toEqual([true, true, false]);
  });
});

describe('what a MySQL set proves of a position', () => {
  const [a, b] = ['3e11fa47-71ca-11e1-9e33-c80aa9429562', '4e11fa47-71ca-11e1-9e33-c80aa9429562'];
  const set = (text: string) => MysqlGtidSet.parse(text);
  const held = new MysqlHistory(set(`${a}:1-89,${b}:1-60`));

  it.each([
    [`${a}:89`, 'INCLUDED'],
    [`${a}:90`, 'LACKING'],
    [`${a}:1-89,${b}:60`, 'INCLUDED'],
    [`${b}:61`, 'LACKING'],
  ])('%s', (asked, verdict) => {
    expect(held.judge(set(asked))).toBe(verdict);
  });

  it('leaves of a lost position what is there', () => {
    expect(held.surviving(set(`${a}:1-95`))?.format()).toBe(`${a}:1-89`);
    expect(held.surviving(set(`${a}:91-95`))).toBeNull();
    expect([held.hasWriter(a), held.hasWriter('5e11fa47-71ca-11e1-9e33-c80aa9429562')]).toEqual([true, false]);
  });
});
