import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { givenUrl } from '../../../src/cli/given-url.ts';

const url = 'mysql://admin:hunter2@127.0.0.1:1/orders';
let directory: string;
let file: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'tidemark-url-'));
  file = join(directory, 'url');
  writeFileSync(file, `${url}\n`, { mode: 0o600 });
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function given(text: string, environment = {}) {
  const warnings: string[] = [];
  const found = givenUrl('--url', text, { environment, warn: (warning) => warnings.push(warning) });
  return { found, warnings };
}

describe('a server that the command line names', () => {
  it('may be kept in a variable or in a file, and nothing is said', () => {
    expect(given('env:TARGET', { TARGET: ` ${url} ` })).toEqual({ found: url, warnings: [] });
    expect(given(`file:${file}`)).toEqual({ found: url, warnings: [] });
    expect(given('mysql://admin@127.0.0.1/orders').warnings).toEqual([]);
  });

  it('may have its password in the URL, with a word about who can read it', () => {
    const { found, warnings } = given(url);
    expect(found).toBe(url);
    expect(warnings.join()).toMatch(
      /^The password of --url is visible to all users of this machine.*env:NAME or file:PATH/,
    );
    expect(warnings.join()).not.toContain('hunter2');
  });

  it.each([
    ['a variable that is not set', () => 'env:MISSING', /names the variable MISSING, which is not set/],
    ['no variable', () => 'env:', /names the variable , which is not set/],
    ['a file that is not there', () => `file:${file}-not`, /which cannot be read/],
    ['a directory', () => `file:${directory}`, /which cannot be read/],
    ['a variable with something else', () => 'env:WRONG', /The URL of --url is not a URL/],
  ])('is refused when it is %s', (_, text, fault) => {
    expect(() => given(text(), { WRONG: 'hunter2' })).toThrow(fault);
    expect(() => given(text(), { WRONG: 'hunter2' })).not.toThrow(/hunter2/);
  });

  it('is refused in a file that others may read', () => {
    chmodSync(file, 0o640);
    expect(() => given(`file:${file}`)).toThrow(/others may read: chmod 600/);
    chmodSync(file, 0o600);
  });

  it('is so in a command, which never repeats its password', () => {
    const cwd = fileURLToPath(new URL('../../..', import.meta.url));
    for (const word of ['env:TARGET', url]) {
      const { stdout, stderr, status } = spawnSync(
        process.execPath,
        ['--import', 'tsx', 'src/cli/seed.ts', '--url', word],
        { cwd, encoding: 'utf8', env: { PATH: process.env.PATH ?? '', TARGET: url } },
      );
      expect(status).not.toBe(0);
      // Nobody listens there: it came as far as that.
      expect(stdout + stderr).toMatch(/127\.0\.0\.1:1|ECONNREFUSED|cannot be reached|refused/);
      expect(stdout + stderr).not.toContain('hunter2');
      expect(stderr.includes('visible to all users of this machine')).toBe(word === url);
    }
  }, 300_000);
});
