import { expect, it } from 'vitest';
import { parsePosition } from '../../support/positions.ts';

const uuid = '3e11fa47-71ca-11e1-9e33-c80aa9429562';

it.each([
  ['mysql', `${uuid}:1-10`, `${uuid}:1-7`, 3n],
  ['mysql', `${uuid}:1-10`, `${uuid}:1-3:5-6`, 5n],
  ['mysql', `${uuid}:1-10:tag:1-2`, `${uuid}:1-10`, 2n],
  ['mysql', `${uuid}:1-7`, `${uuid}:1-10`, 0n],
  ['mysql', `${uuid}:1-9223372036854775806`, '', 9223372036854775806n],
  ['mariadb', '0-1-10', '0-1-7', 3n],
  ['mariadb', '0-1-10,1-1-4', '0-2-12', 4n],
  ['mariadb', '0-1-18446744073709551615', '0-1-1', 18446744073709551614n],
  ['mariadb', '', '0-1-5', 0n],
] as const)('counts on %s how many transactions of %j are missing in %j', (flavour, ahead, behind, count) => {
  expect(parsePosition(flavour, ahead).countMissingIn(parsePosition(flavour, behind))).toBe(count);
});
