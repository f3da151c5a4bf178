import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadFlavourState } from '../../../src/local/directory/flavour-state.ts';
import { loadSecrets } from '../../../src/local/directory/secrets.ts';
import { AlreadyRunningError, explainFileFault, UnusableDirectoryError } from '../../../src/local/local-errors.ts';
import { removeAbandonedDrafts } from '../../../src/local/processes/abandoned-drafts.ts';
import { systemClock } from '../../../src/platform/clock.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tidemark-faults-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

describe('a file of the cluster', () => {
  it.each(['', '{', '[]', '{"credentials":{}}'])('is named when it is damaged, and not made anew: %j', async (text) => {
    await writeFile(join(directory, 'secrets.json'), text);
    await expect(loadSecrets(directory)).rejects.toThrow(UnusableDirectoryError);
    await expect(loadSecrets(directory)).rejects.toThrow(`${join(directory, 'secrets.json')} is damaged`);
  });

  it('is read back as it was written', async () => {
    const secrets = await loadSecrets(directory);
    expect(await loadSecrets(directory)).toEqual(secrets);
    // Of a version that knew of no password of Redis: the others are kept.
    const { redisPassword: _, ...earlier } = secrets;
    await writeFile(join(directory, 'secrets.json'), JSON.stringify(earlier));
    const completed = await loadSecrets(directory);
    expect(completed).toEqual({ ...secrets, redisPassword: expect.stringMatching(/^[\w-]{20,}$/) });
    expect(await loadSecrets(directory)).toEqual(completed);
    expect(await loadFlavourState(directory)).toEqual(await loadFlavourState(directory));
  });

  it.each([
    ['EACCES', 'belongs to another user'],
    ['ENOSPC', 'cannot be written'],
  ])('that cannot be had is explained: %s', (code, words) => {
    const fault = Object.assign(new Error(code), { code, path: '/t/secrets.json' });
    const explained = explainFileFault('/t', fault);
    expect(explained).toBeInstanceOf(UnusableDirectoryError);
    expect(explained).toMatchObject({ message: expect.stringMatching(`^/t/secrets.json ${words}`), cause: fault });
  });

  it('does not hide other faults', () => {
    const fault = new Error('anything else');
    expect(explainFileFault('/t', fault)).toBe(fault);
  });
});

describe('what a killed start left half made', () => {
  it('is removed once no process can be working on it, and nothing else is', async () => {
    const hourAgo = new Date(systemClock.now() - 3_700_000);
    for (const name of ['.source-a1B2c3', '.mariadb-Zz9Yy8', 'source', '.hidden']) {
      await mkdir(join(directory, name));
      if (name !== '.mariadb-Zz9Yy8') await utimes(join(directory, name), hourAgo, hourAgo);
    }
    await removeAbandonedDrafts(directory, systemClock);
    expect((await readdir(directory)).sort()).toEqual(['.hidden', '.mariadb-Zz9Yy8', 'source']);
    await removeAbandonedDrafts(directory, systemClock, 0);
    expect((await readdir(directory)).sort()).toEqual(['.hidden', 'source']);
  });

  it('is removed too if the file system is ahead of the clock', async () => {
    const ahead = new Date(systemClock.now() + 60_000);
    await mkdir(join(directory, '.source-a1B2c3'));
    await utimes(join(directory, '.source-a1B2c3'), ahead, ahead);
    await removeAbandonedDrafts(directory, systemClock, 0);
    expect(await readdir(directory)).toEqual([]);
  });
});

describe('a second start', () => {
  it('says that the first is not done yet, when it is not', () => {
    const error = new AlreadyRunningError('/t', 42, null);
    expect(error.message).toMatch(/^Process 42 is already starting a cluster in \/t\./);
    expect(error.message).toContain('kill 42');
  });
});
