import { describe, expect, test } from 'vitest';
import { checkHistory } from './check-history.ts';
import type { Guarantee } from './checkers/anomaly.ts';
import { operationsOf } from './notation.ts';

type Case = { readonly title: string; readonly history: string };
type Found = Case & { readonly also?: readonly Guarantee[] };

const anomalous: Record<Guarantee, readonly Found[]> = {
  'read your writes': [
    { title: 'an own update is missing', history: '1 create a@1\n1 update a@2\n1 read a@1' },
    { title: 'an own order is missing although it was not deleted', history: '1 create a@1\n1 read a-' },
    { title: 'an own deleted order is there', history: '1 create a@1\n1 delete a\n1 read a@1' },
    { title: 'an own order is missing before its delete begins', history: '1 create a@1\n1 read a-\n2 delete a' },
    {
      title: 'an own order is missing and its delete was refused',
      history: '1 create a@1\n2 delete a refused\n1 read a-',
    },
    { title: 'one of several orders is too old', history: '1 create a@1\n1 create b@1\n1 update b@2\n1 read a@1 b@1' },
    {
      title: 'a write that was acknowledged at the second try is missing',
      history: '1 create a@1\n1 update a lost key=7\n1 update a@2 key=7\n1 read a@1',
    },
  ],
  'monotonic reads': [
    { title: 'a version goes back', history: '1 create a@1\n1 update a@2\n2 read a@2\n2 read a@1' },
    { title: 'an order that was seen is gone', history: '1 create a@1\n2 read a@1\n2 read a-' },
    {
      title: 'a deletion that was seen is undone',
      history: '1 create a@1\n2 read a@1\n1 delete a\n2 read a-\n2 read a@1',
    },
    {
      title: 'an indeterminate write that was seen is gone',
      history: '1 create a@1\n1 update a lost key=7\n1 read a@2#7\n1 read a@1',
    },
    { title: 'what came with a token is missing', history: '1 create a@1\n1 update a@2\n2 adopt 1\n2 read a@1' },
    { title: 'a bounded read showed more', history: '1 create a@1\n1 update a@2\n2 bounded a@2\n2 read a@1' },
    {
      title: 'what came with a token of a token is missing',
      history: '1 create a@1\n1 update a@2\n2 adopt 1\n3 adopt 2\n3 read a@1',
    },
  ],
  'monotonic writes': [
    { title: 'one snapshot has the second write only', history: '1 create a@1\n1 create b@1\n2 read a- b@1' },
    { title: 'a later read misses the first write', history: '1 create a@1\n1 create b@1\n2 read b@1\n2 read a-' },
    {
      title: 'an indeterminate second write is seen without the first',
      history: '1 create a@1\n1 create b@1\n1 update a@2\n1 update b lost key=7\n2 read b@2#7 a@1',
    },
    {
      title: 'the effect was seen by the session whose token was adopted',
      history: '1 create a@1\n1 create b@1\n2 read b@1\n3 adopt 2\n3 read a-',
      also: ['monotonic reads'],
    },
    {
      title: 'the source gives the later write the earlier version',
      history: '1 create a@1\n1 update a@3\n1 update a@2',
    },
  ],
  'writes follow reads': [
    {
      title: 'one snapshot has the write without what its session had read',
      history: '1 create a@1\n1 update a@2\n2 read a@2\n2 create b@1\n3 read a@1 b@1',
    },
    {
      title: 'a later read misses what the writer had read',
      history: '1 create a@1\n1 update a@2\n2 read a@2\n2 create b@1\n3 read b@1\n3 read a@1',
    },
    {
      title: 'what the writer had adopted is missing',
      history: '1 create a@1\n1 update a@2\n2 adopt 1\n2 create b@1\n3 read a@1 b@1',
    },
    {
      title: 'a deletion that the writer had read is missing',
      history: '1 create a@1\n2 read a@1\n1 delete a\n2 read a-\n2 create b@1\n3 read b@1 a@1',
    },
    {
      title: 'the source gives a write a version that its session had already read',
      history: '1 create a@1\n1 update a@2\n2 read a@2\n2 update a@2',
      also: ['acknowledged writes last', 'one version, one write'],
    },
  ],
  'acknowledged writes last': [
    { title: 'an order is gone that was not deleted', history: '1 create a@1\n9 final a-' },
    { title: 'an acknowledged update is gone', history: '1 create a@1\n1 update a@2\n9 final a@1' },
    { title: 'an acknowledged delete is undone', history: '1 create a@1\n1 delete a\n9 final a@1' },
    {
      title: 'there are more versions than writes',
      history: '1 create a@1\n9 final a@2#1000',
      also: ['one key, one effect'],
    },
    { title: 'an order was not read at the end', history: '1 create a@1\n1 create b@1\n9 final b@1' },
    {
      title: 'two updates were acknowledged as one version',
      history: '1 create a@1\n1 update a@2\n2 update a@2\n9 final a@3#5',
      also: ['one version, one write'],
    },
  ],
  'rejected writes stay invisible': [
    {
      title: 'a refused update shows',
      history: '1 create a@1\n1 update a refused key=7\n2 read a@2#7',
    },
    { title: 'a refused create shows', history: '1 create a refused key=7\n2 read a@1#7' },
    { title: 'it shows to a read that asked for nothing', history: '1 create a refused key=7\n2 eventual a@1#7' },
  ],
  'one key, one effect': [
    {
      title: 'a retried create made two orders',
      history: '1 create a lost key=7\n1 create b@1 key=7\n9 final b@1 a@1#7',
    },
    {
      title: 'a retried update was applied twice',
      history: '1 create a@1\n1 update a@2 key=7\n1 update a@3 key=7\n9 final a@3#7',
      also: ['acknowledged writes last'],
    },
  ],
  'one version, one write': [
    {
      title: 'two nodes tell different stories of one version',
      history: '1 create a@1\n1 update a lost key=7\n1 update a lost key=8\n2 read a@2#7\n3 read a@2#8',
    },
    { title: 'a version comes from nowhere', history: '1 create a@1\n2 read a@2#77' },
    { title: 'a version shows before it was written', history: '1 create a@1\n2 read a@2#7\n1 update a@2 key=7' },
  ],
  'bounded reads keep their bound': [
    { title: 'an update is older than the bound', history: '1 create a@1\n1 update a@2\n3 read b-\n2 bounded:1 a@1' },
    { title: 'a new order is older than the bound', history: '1 create a@1\n3 read b-\n2 bounded:1 a-' },
    {
      title: 'a deletion is older than the bound',
      history: '1 create a@1\n1 delete a\n3 read b-\n2 bounded:1 a@1',
    },
    {
      title: 'the first acknowledgement of a replayed write counts',
      history: '1 create a@1\n1 update a@2 key=7\n1 update a@2 key=7\n2 bounded:1 a@1',
    },
  ],
};

const innocent: readonly Case[] = [
  { title: 'an own update shows', history: '1 create a@1\n1 update a@2\n1 read a@2' },
  { title: 'an own update is followed by another session’s', history: '1 create a@1\n2 update a@2\n1 read a@2' },
  { title: 'a stranger reads an old version', history: '1 create a@1\n1 update a@2\n2 read a@1' },
  { title: 'an own order is deleted by another session', history: '1 create a@1\n2 delete a\n1 read a-' },
  { title: 'an own order may be gone by an indeterminate delete', history: '1 create a@1\n2 delete a lost\n1 read a-' },
  { title: 'a delete under way may show', history: '1 create a@1\n2 delete a\n& 1 read a-' },
  { title: 'an indeterminate update need not show', history: '1 create a@1\n1 update a lost\n1 read a@1' },
  { title: 'an indeterminate update may show', history: '1 create a@1\n1 update a lost key=7\n1 read a@2#7' },
  { title: 'an indeterminate create shows late', history: '1 create a lost key=7\n1 read a-\n1 read a@1#7' },
  { title: 'a write under way need not show', history: '1 create a@1\n1 update a@2\n& 1 read a@1' },
  { title: 'a read under way gives no order', history: '1 create a@1\n1 update a@2\n2 read a@2\n& 2 read a@1' },
  { title: 'an eventual read owes nothing', history: '1 create a@1\n1 update a@2\n1 eventual a@1' },
  { title: 'a bounded read owes nothing', history: '1 create a@1\n1 update a@2\n1 bounded a@1' },
  { title: 'a bounded read is as old as its bound', history: '1 create a@1\n1 update a@2\n2 bounded:1 a@1' },
  { title: 'a bound asks for no indeterminate write', history: '1 create a@1\n1 update a lost\n2 bounded:0 a@1' },
  { title: 'an eventual read teaches nothing', history: '1 create a@1\n1 update a@2\n2 eventual a@2\n2 read a@1' },
  { title: 'versions only go forward', history: '1 create a@1\n2 read a@1\n1 update a@2\n2 read a@2' },
  { title: 'a stranger has not seen the order yet', history: '1 create a@1\n2 read a-\n2 read a@1' },
  { title: 'a stranger has not seen a deleted order yet', history: '1 create a@1\n1 delete a\n2 read a-\n2 read a@1' },
  { title: 'a token brings nothing written after it', history: '1 create a@1\n2 adopt 1\n1 update a@2\n2 read a@1' },
  {
    title: 'a token brings nothing that is still under way',
    history: '1 create a@1\n1 update a@2\n& 2 adopt 1\n2 read a@1',
  },
  { title: 'one snapshot has the first write only', history: '1 create a@1\n1 create b@1\n2 read a@1 b-' },
  { title: 'parallel writes of one session come in any order', history: '1 create a@1\n& 1 create b@1\n2 read a- b@1' },
  {
    title: 'an indeterminate first write is no cause',
    history: '1 create a@1\n1 create b@1\n1 update a lost\n1 update b@2\n2 read a@1 b@2',
  },
  { title: 'another session’s writes are no cause', history: '1 create a@1\n2 create b@1\n3 read a- b@1' },
  {
    title: 'what was read after the write is no cause',
    history: '1 create a@1\n2 create b@1\n1 update a@2\n2 read a@2\n3 read a@1 b@1',
  },
  {
    title: 'what was read while the write was under way is no cause',
    history: '1 create a@1\n1 update a@2\n2 create b@1\n& 2 read a@2\n3 read a@1 b@1',
  },
  {
    title: 'a write is seen together with what its session had read',
    history: '1 create a@1\n1 update a@2\n2 read a@2\n2 create b@1\n3 read a@2 b@1',
  },
  {
    title: 'a replay answers with the version of its first try',
    history: '1 create a@1\n1 update a lost key=7\n2 update a@3\n1 read a@3\n1 update a@2 key=7\n1 read a@3',
  },
  {
    title: 'a refused retry does not undo an indeterminate first try',
    history: '1 create a@1\n1 update a lost key=7\n1 update a refused key=7\n2 read a@2#7\n9 final a@2',
  },
  {
    title: 'an indeterminate update may have happened at the end',
    history: '1 create a@1\n1 update a lost key=7\n9 final a@2#7',
  },
  {
    title: 'an indeterminate update may not have happened',
    history: '1 create a@1\n1 update a lost key=7\n9 final a@1',
  },
  { title: 'an indeterminate delete may have happened', history: '1 create a@1\n1 delete a lost\n9 final a-' },
  { title: 'a refused create is nowhere', history: '1 create a refused\n2 read a-' },
  { title: 'a retried create made one order', history: '1 create a lost key=7\n1 create a@1 key=7\n9 final a@1' },
  { title: 'a lost create that happened is found at the end', history: '1 create a lost key=7\n9 final a@1#7' },
];

describe('an anomaly is found and explained', () => {
  for (const [guarantee, cases] of Object.entries(anomalous)) {
    describe(guarantee, () => {
      test.each(cases)('$title', ({ history, also = [] }) => {
        const operations = operationsOf(history);
        const anomalies = checkHistory({ operations });
        const broken = anomalies.filter((anomaly) => anomaly.guarantee === guarantee);
        expect(broken).not.toHaveLength(0);
        for (const { explanation, operations: ids } of broken) {
          expect(explanation).toMatch(/\bop \d+/);
          expect(ids.every((id) => operations.some((operation) => operation.id === id))).toBe(true);
        }
        const others = new Set(anomalies.map((anomaly) => anomaly.guarantee));
        others.delete(guarantee as Guarantee);
        expect([...others].filter((other) => !also.includes(other))).toEqual([]);
      });
    });
  }
});

describe('innocence is not accused', () => {
  test.each(innocent)('$title', ({ history }) => {
    expect(checkHistory({ operations: operationsOf(history) })).toEqual([]);
  });
});

test('an explanation reads like a witness', () => {
  const [anomaly] = checkHistory({ operations: operationsOf('12 create A@1\n12 update A@2\n12 read A@1') });
  expect(anomaly?.explanation).toBe(
    'session 12 wrote order A version 2 at op 1 and read version 1 from replica-1 at op 2',
  );
});
