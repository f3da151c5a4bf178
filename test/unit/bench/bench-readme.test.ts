import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const at = (path: string) => new URL(`../../bench/${path}`, import.meta.url);

it('the README of the benchmarks has a row for each of them, and for nothing else', () => {
  const rows = [...readFileSync(at('README.md'), 'utf8').matchAll(/^\| `([a-z\d-]+)`/gm)].map(([, name]) => name);
  const files = readdirSync(at('benches')).map((file) => file.replace(/\.ts$/, ''));
  expect(rows.sort()).toEqual(files.sort());
});
