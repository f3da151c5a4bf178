import { describe, expect, it } from 'vitest';
import { MalformedPositionError } from '../../../src/consistency/errors.ts';
import { parsePosition } from '../../support/positions.ts';
import mariadbInclusion from '../../tables/mariadb-gtid-inclusion.json' with { type: 'json' };
import mariadbTexts from '../../tables/mariadb-gtid-text.json' with { type: 'json' };
import mysqlInclusion from '../../tables/mysql-gtid-inclusion.json' with { type: 'json' };
import mysqlTexts from '../../tables/mysql-gtid-text.json' with { type: 'json' };

const flavours = [
  { flavour: 'mysql', inclusion: mysqlInclusion, texts: mysqlTexts },
  { flavour: 'mariadb', inclusion: mariadbInclusion, texts: mariadbTexts },
] as const;

describe.each(flavours)('$flavour positions', ({ flavour, inclusion, texts }) => {
  it.each(inclusion)('judges inclusion: $title', ({ outer, inner, includes }) => {
    expect(parsePosition(flavour, outer).includes(parsePosition(flavour, inner))).toBe(includes);
  });

  it.each(texts.filter(({ format }) => format !== null))('reads $text', ({ text, format }) => {
    expect(parsePosition(flavour, text).format()).toBe(format);
  });

  it.each(texts.filter(({ format }) => format === null))('refuses $text', ({ text }) => {
    expect(() => parsePosition(flavour, text)).toThrow(MalformedPositionError);
  });
});
