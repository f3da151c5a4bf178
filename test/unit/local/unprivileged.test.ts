import { chmod, lstat, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findRunAs, giveTo, type RunAs, root } from '../../../src/local/processes/unprivileged.ts';
import { plainCommand, runCommand } from '../../../src/platform/run-command.ts';

/** Programs that refuse to run as root matter only to root. */
describe.runIf(process.getuid?.() === 0)('a program that refuses to run as root', () => {
  let folder: string;
  beforeEach(async () => {
    // Not the folder of the other tests, which the unprivileged user cannot enter.
    folder = await mkdtemp(join(process.platform === 'linux' ? '/tmp' : tmpdir(), 'tidemark-run-as-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const says = (runAs: RunAs, ...args: string[]) =>
    runCommand({ ...plainCommand('sh'), ...runAs }, ['-c', ...args], { cwd: '/' });

  it('runs as an unprivileged user that can enter its folders', async () => {
    await chmod(folder, 0o711);
    const runAs = await findRunAs([join(folder, 'not', 'there', 'yet')]);
    expect(runAs.user).toEqual({ uid: 65_534, gid: 65_534 });
    expect((await says(runAs, 'id -u; id -G')).trim().split('\n')).toEqual(['65534', '65534']);
  });

  it('runs in a user namespace if only root can enter them, and its files are those of root', async () => {
    await chmod(folder, 0o700);
    const runAs = await findRunAs([folder]);
    expect(runAs.user).toBeUndefined();
    expect((await says(runAs, 'id -u; touch "$0/file"', folder)).trim()).toBe('65534');
    expect((await lstat(join(folder, 'file'))).uid).toBe(0);
  });

  it('is given its files, and root gets them back', async () => {
    await mkdir(join(folder, 'data'));
    await writeFile(join(folder, 'data', 'file'), '');
    const owners = () =>
      Promise.all(['.', 'data', 'data/file'].map(async (name) => (await lstat(join(folder, name))).uid));
    await giveTo({ uid: 65_534, gid: 65_534 }, folder);
    expect(await owners()).toEqual([65_534, 65_534, 65_534]);
    await giveTo(root, folder);
    expect(await owners()).toEqual([0, 0, 0]);
  });
});
