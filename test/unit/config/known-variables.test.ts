import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { knownVariables } from '../../../src/config/known-variables.ts';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const variables = knownVariables.flatMap((part) => part.variables);
const inCode = (value: string) => `\`${value}\``;

describe('the variables', () => {
  it('have a name each', () => {
    const names = variables.map(({ name }) => name);
    expect(names).toHaveLength(new Set(names).size);
    expect(names.filter((name) => !/^[A-Z][A-Z0-9_]+$/.test(name))).toEqual([]);
  });

  it.each(variables.filter((one) => one.default !== null))('take their own default: $name', (one) => {
    expect(one.value.safeParse(one.default).success).toBe(true);
  });

  it.each(variables.filter(({ example }) => example !== null))('take their own example: $name', (one) => {
    expect(one.value.safeParse(one.example).success).toBe(true);
  });

  it('are explained in one line that ends in a full stop', () => {
    const wrong = variables.filter(({ about }) => !/^[^\n|]*\.$/.test(about));
    expect(wrong.map(({ name, about }) => `${name}: ${about}`)).toEqual([]);
  });
});

describe('.env.example', () => {
  const example = read('.env.example');

  it('names each once and no other, with its default or an example', () => {
    const shown = [...example.matchAll(/^#?([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, name, value]) => `${name}=${value}`);
    const wanted = variables.map((one) => `${one.name}=${one.example ?? one.default ?? ''}`);
    expect([...shown].sort()).toEqual([...wanted].sort());
  });

  it('sets nothing: a copy of it changes nothing', () => {
    expect(example.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
  });
});

it('docs/configuration.md has a table of each part, with the names, defaults and meanings of its variables', () => {
  const tables = knownVariables.map((part) =>
    [
      `### ${part.title}`,
      '',
      '| variable | default | meaning |',
      '|---|---|---|',
      ...part.variables.map((one) => {
        const fallback = one.unset ?? (one.default ? inCode(one.default) : '');
        return `| ${inCode(one.name)} | ${fallback} | ${one.about} |`;
      }),
    ].join('\n'),
  );
  const [, section = ''] = read('docs/configuration.md').split('\n## Variables\n');
  expect(section.trim()).toBe(tables.join('\n\n'));
});
