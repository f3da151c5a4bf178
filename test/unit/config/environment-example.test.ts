import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { knownNames } from '../../../src/config/config.ts';

const example = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8');
const shown = [...example.matchAll(/^#?([A-Z][A-Z0-9_]*)=/gm)].map((match) => match[1]);

it('the example names every variable that is read, once, and no other', () => {
  expect([...shown].sort()).toEqual([...knownNames].sort());
});

it('the example sets nothing: a copy of it changes nothing', () => {
  expect(example.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
});
