import { describe, expect, it } from 'vitest';
import type { RecordShape } from '../../../src/database/mirror/mirrored-tables.ts';
import type { RecordState, Values } from '../../../src/database/mirror/record-rows.ts';
import { differenceOf } from '../../../src/mirror/record-difference.ts';

const shape: RecordShape = {
  model: 'Post',
  keyIsNumber: true,
  root: {
    table: 'posts',
    recordKey: 'id',
    sortedBy: ['id'],
    columns: ['id', 'title', 'body'],
    binary: new Set(['body']),
  },
  children: [
    {
      table: 'tags',
      recordKey: 'post_id',
      sortedBy: ['post_id', 'n'],
      columns: ['post_id', 'n', 'tag'],
      binary: new Set(),
    },
  ],
};
const post = (row: Values | null, ...tags: Values[]): RecordState => ({ key: '1', row, children: [tags] });
const here = post([1n, 'a', Buffer.from('x')], [1n, 1, 'one'], [1n, 2, null]);

describe('two sides of a record', () => {
  const cases: [what: string, source: RecordState, backup: RecordState, kind: string | null, columns: string[]][] = [
    ['the same', here, post([1, 'a', Buffer.from('x')], [1n, 1, 'one'], [1n, 2, null]), null, []],
    ['absent on both', post(null), post(null), null, []],
    ['not in the backup', here, post(null), 'MISSING', []],
    ['gone from the source', post(null), here, 'EXTRA', []],
    ['only tags left in the backup', post(null), post(null, [1n, 1, 'one']), 'EXTRA', []],
    [
      'another column',
      here,
      post([1n, 'A', Buffer.from('y')], [1n, 1, 'one'], [1n, 2, null]),
      'DIFFERENT',
      ['title', 'body'],
    ],
    [
      'a tag of another value, and null',
      here,
      post([1n, 'a', Buffer.from('x')], [1n, 1, null], [1n, 2, 'null']),
      'DIFFERENT',
      ['tags(1).tag', 'tags(2).tag'],
    ],
    ['a tag too few', here, post([1n, 'a', Buffer.from('x')], [1n, 1, 'one']), 'DIFFERENT', ['tags(2).*']],
    ['its root missing', here, post(null, [1n, 1, 'one'], [1n, 2, null]), 'DIFFERENT', ['*']],
  ];
  it.each(cases)('%s', (_, source, backup, kind, columns) => {
    const found = differenceOf(shape, { key: '1', source, backup, outbox: 'NONE' });
    expect(found).toEqual(kind === null ? null : { model: 'Post', key: '1', kind, columns, parked: false });
  });
});
