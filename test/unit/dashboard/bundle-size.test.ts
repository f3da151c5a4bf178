import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';

const built = 'dist/dashboard';
const maxBytes = 250_000;

describe('the page as it is sent', () => {
  let names: readonly string[];

  beforeAll(async () => {
    await promisify(execFile)(process.execPath, ['src/dashboard/build.mjs']);
    names = await readdir(built, { recursive: true });
  }, 60_000);

  it('is less than 250 kB, gzipped, with every page of it', async () => {
    const packed = names.filter((name) => name.endsWith('.gz'));
    const sizes = await Promise.all(packed.map(async (name) => (await stat(`${built}/${name}`)).size));
    expect(sizes.length).toBeGreaterThan(3);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(maxBytes);
  });

  it('is the one for production, though a test runner asked for it', async () => {
    const scripts = names.filter((name) => name.endsWith('.js'));
    const texts = await Promise.all(scripts.map((name) => readFile(`${built}/${name}`, 'utf8')));
    expect(texts.join('')).toContain('Minified React error');
  });

  it('writes no script and no style into itself, which its policy forbids', async () => {
    const html = await readFile(`${built}/index.html`, 'utf8');
    expect(html).not.toMatch(/<style|style=|<script(?![^>]*\bsrc=)|\son\w+=/);
    expect(html).not.toMatch(/https?:\/\//);
  });
});
