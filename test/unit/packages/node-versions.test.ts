import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nodeVersions } from '../../node/run-options.ts';

type Manifest = { readonly engines?: { readonly node?: string } };
type Lock = { readonly packages: Readonly<Record<string, Manifest & { readonly version: string }>> };

const read = <T>(path: string): T => JSON.parse(readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8'));

type Version = readonly number[];
const versionOf = (text: string): Version => (text.match(/\d+/g) ?? ['0']).slice(0, 3).map(Number);
function compared(a: Version, b: Version): number {
  const place = [0, 1, 2].find((index) => (a[index] ?? 0) !== (b[index] ?? 0));
  return place === undefined ? 0 : (a[place] ?? 0) - (b[place] ?? 0);
}

/** Whether a range of `engines` takes a version: the forms that packages here are written in. */
function takes(range: string, version: Version): boolean {
  return range.split('||').some((part) =>
    part
      .replace(/([<>=^~]+)\s+/g, '$1')
      .trim()
      .split(/\s+/)
      .every((comparator) => {
        const [, sign = '', text = ''] = /^([<>=^~]*)v?([\d.x*]*)$/.exec(comparator) ?? expect.unreachable(comparator);
        const given = versionOf(text);
        const order = compared(version, given);
        const sameUntil = (length: number) =>
          given.slice(0, length).every((number, index) => version[index] === number);
        if (text === '' || text === '*') return true;
        if (sign === '>=') return order >= 0;
        if (sign === '>') return order > 0;
        if (sign === '<') return order < 0;
        if (sign === '<=') return order <= 0;
        if (sign === '^') return order >= 0 && sameUntil(1);
        if (sign === '~') return order >= 0 && sameUntil(2);
        return sameUntil(given.length);
      }),
  );
}

/** Of the `prisma` command: its `prisma dev` alone loads it, which nothing here runs. */
const neverLoaded = ['node_modules/@prisma/streams-local'];

describe('a range of versions', () => {
  it.each([
    ['>=22.15.0', false],
    ['>= 18', true],
    ['^20.19.0 || ^22.13.0 || >=24', true],
    ['^18.18 || ^20.9 || >=21.1', true],
    ['20 || >=22', true],
    ['20.x', true],
    ['18 || 22', false],
    ['>=14 <20', false],
    ['~20.19.0', true],
    ['*', true],
  ])('is or is not in %s', (range, isIn) => {
    expect(takes(range, [20, 19, 0])).toBe(isIn);
  });
});

describe('the Nodes that are promised', () => {
  const { engines } = read<Manifest>('package.json');
  const promised = (engines?.node ?? expect.unreachable('package.json says nothing')).split(' || ');

  it('are those that the tests run on', () => {
    expect(promised.map((range) => String(versionOf(range)[0]))).toEqual([...nodeVersions]);
    expect(promised.filter((range) => !/^\^\d+\.\d+\.\d+$/.test(range))).toEqual([]);
  });

  it('begin with the one that nvm is told', () => {
    expect(promised[0]).toBe(`^${readFileSync(new URL('../../../.nvmrc', import.meta.url), 'utf8').trim()}.0`);
  });

  it('are taken by every package that is installed, from the oldest of each line on', () => {
    const refusing = Object.entries(read<Lock>('package-lock.json').packages)
      .filter(([, { engines: wanted }]) => {
        const range = wanted?.node;
        return range !== undefined && promised.some((line) => !takes(range, versionOf(line)));
      })
      .map(([path]) => path);
    expect(refusing).toEqual(neverLoaded);
  });
});
