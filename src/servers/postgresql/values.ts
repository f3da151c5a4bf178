/** How the values of answers are read, by the number of their type. */
import { types as driverTypes } from 'pg';
import type { StatementOptions } from '../connection.ts';

export type ValueTypes = { getTypeParser(oid: number, format?: string): (text: string) => unknown };

const int8 = 20;
const json: ReadonlySet<number> = new Set([114, 3802]);
const date = 1082;
const moments: ReadonlySet<number> = new Set([1114, 1184]);
const asPrinted = (text: string): string => text;

/** Sessions count in UTC, so that the server's `+00` says nothing. Always with milliseconds, as texts of moments have them. */
export function momentOf(text: string): string {
  const plain = text.replace(/\+00(?::?00)?$/, '');
  const [, whole, fraction = ''] = /^(.*?)(?:\.(\d+))?$/.exec(plain) ?? [];
  return /\d\d:\d\d:\d\d$/.test(whole ?? '') ? `${whole}.${fraction.padEnd(3, '0')}` : plain;
}

/** Whole numbers of 64 bits are bigints and decimals are texts: nothing is rounded. */
export function valueTypes({
  dateStrings,
  jsonStrings,
}: Pick<StatementOptions, 'dateStrings' | 'jsonStrings'>): ValueTypes {
  return {
    getTypeParser: (oid, format = 'text') => {
      if (oid === int8) return BigInt;
      if (dateStrings === true && moments.has(oid)) return momentOf;
      if (dateStrings === true && oid === date) return asPrinted;
      if (jsonStrings === true && json.has(oid)) return asPrinted;
      return driverTypes.getTypeParser(oid, format as 'text');
    },
  };
}
