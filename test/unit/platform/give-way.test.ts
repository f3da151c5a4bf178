import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { leadsSession } from '../../../src/platform/give-way.ts';

describe('whether a process leads its session', () => {
  it.each([
    ['its own', '4711 (node) S 1 4711 4711 0 -1', true],
    ['that of a shell', '4711 (node) S 4000 4711 4000 34816 4711', false],
    ['a name like a part of the line', '4711 (a) S 4711 4711 (b) S 4000 4711 4000 0', false],
    ['a name with blanks', '4711 (n o d e) R 1 4711 4711 0', true],
    ['nothing that could be read', '', false],
  ])('%s', (_, stat, expected) => {
    expect(leadsSession(stat)).toBe(expected);
  });
});

const script = `
const { getPriority } = await import('node:os');
const { readFile } = await import('node:fs/promises');
const { giveWay } = await import(process.argv[1]);
const group = () => readFile('/proc/self/autogroup', 'utf8').catch(() => '');
const before = await group();
await giveWay();
console.log(JSON.stringify({ priority: getPriority(), before, after: await group() }));
`;

type Told = { readonly priority: number; readonly before: string; readonly after: string };

async function processWith(ownSession: boolean): Promise<Told> {
  const file = new URL('../../../src/platform/give-way.ts', import.meta.url).href;
  const argv = ['--import', 'tsx', '--input-type=module', '-e', script, file];
  const child = spawn(process.execPath, argv, { detached: ownSession, stdio: ['ignore', 'pipe', 'inherit'] });
  return JSON.parse(await text(child.stdout)) as Told;
}

const niceOf = (group: string) => Number(/nice (-?\d+)/.exec(group)?.[1] ?? Number.NaN);

describe('a process that gives way', () => {
  it('has a lower priority, and so has its session when it leads it', async () => {
    const { priority, before, after } = await processWith(true);
    expect(priority).toBeGreaterThanOrEqual(10);
    // No session is counted where the kernel does not group by it.
    if (before !== '') expect(niceOf(after)).toBe(10);
  });

  it('leaves the session of others as it is', async () => {
    const { priority, before, after } = await processWith(false);
    expect(priority).toBeGreaterThanOrEqual(10);
    expect(after).toBe(before);
  });
});
