import { describe, expect, it } from 'vitest';
import { changedPaths, isSource, partsOf } from '../../../src/cli/dev/changes.ts';

describe('a file', () => {
  it.each([
    ['src/app.ts', true],
    ['src/dashboard/orders/orders.tsx', true],
    ['src/dashboard/index.html', true],
    ['src/bundle.mjs', true],
    ['prisma/orders/schema.prisma', true],
    ['prisma/orders/migrations/0001_init/migration.sql', true],
    ['prisma/generated/orders/client.ts', false],
    // What editors write while they save.
    ['src/app.ts~', false],
    ['src/.app.ts.swp', false],
    ['src/#app.ts#', false],
    ['src/.#app.ts', false],
    ['src/4913', false],
    ['src/orders', false],
  ])('%s is a source: %s', (path, expected) => {
    expect(isSource(path)).toBe(expected);
  });
});

describe('what changed', () => {
  it.each([
    ['nothing', { a: 1 }, { a: 1 }, []],
    ['a file that is written', { a: 1, b: 1 }, { a: 1, b: 2 }, ['b']],
    ['a file that is put back from an older copy', { a: 5 }, { a: 3 }, ['a']],
    ['a new one', {}, { a: 1 }, ['a']],
    ['one that is gone', { a: 1 }, {}, ['a']],
    ['one with another name', { a: 1 }, { b: 1 }, ['b', 'a']],
  ])('%s', (_, before, now, changed) => {
    expect(changedPaths(new Map(Object.entries(before)), new Map(Object.entries(now)))).toEqual(changed);
  });
});

describe('a change', () => {
  it.each([
    [['src/app.ts'], ['server']],
    [['src/orders/write-order.ts', 'src/http/server.ts'], ['server']],
    [['src/dashboard/main.tsx'], ['page']],
    [['src/dashboard/design/base.css'], ['page']],
    // The page carries tokens with it; no server does.
    [['src/client/fetch.ts'], ['page']],
    [
      ['src/dashboard/main.tsx', 'src/app.ts'],
      ['page', 'server'],
    ],
    [['prisma/orders/schema.prisma'], ['schema']],
    [['prisma/orders/migrations/0009_more/migration.sql'], ['server']],
    [['src/local/running-cluster.ts'], ['restart']],
    [['src/local/servers/mariadb.cnf'], ['restart']],
    [['src/cli/dev/front.ts'], ['restart']],
    [['src/bundle.mjs'], ['restart']],
    [['src/dashboard/build-page.mjs'], ['restart']],
    [[], []],
  ])('of %j asks for %j', (paths, parts) => {
    expect([...partsOf(paths)].sort()).toEqual(parts);
  });
});
