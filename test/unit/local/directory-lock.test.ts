import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isLock, liveOwner, lockDirectory } from '../../../src/local/directory/directory-lock.ts';
import { systemClock } from '../../../src/platform/clock.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tidemark-lock-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

/** A lock file as a process leaves it that was killed. */
async function leaveStaleLock(): Promise<void> {
  const child = spawn('true');
  await new Promise((resolve) => child.once('exit', resolve));
  await writeFile(join(directory, 'owner.json'), JSON.stringify({ id: 'stale', pid: child.pid, began: '1' }));
}

describe('the lock of a directory', () => {
  it('is had by one process, which others are told of', async () => {
    expect(isLock(await lockDirectory(directory, systemClock))).toBe(true);
    const second = await lockDirectory(directory, systemClock);
    expect(isLock(second) ? null : second.pid).toBe(process.pid);
  });

  it('is free again after its release', async () => {
    const first = await lockDirectory(directory, systemClock);
    if (isLock(first)) await first.release();
    expect(await liveOwner(directory)).toBeNull();
    expect(isLock(await lockDirectory(directory, systemClock))).toBe(true);
  });

  it('is taken from a process that is gone', async () => {
    await leaveStaleLock();
    expect(await liveOwner(directory)).toBeNull();
    expect(isLock(await lockDirectory(directory, systemClock))).toBe(true);
  });

  it('is not believed when its pid belongs to a process that began at another time', async () => {
    await writeFile(
      join(directory, 'owner.json'),
      JSON.stringify({ id: 'x', pid: process.pid, began: 'another time' }),
    );
    expect(isLock(await lockDirectory(directory, systemClock))).toBe(true);
  });

  it('is taken by exactly one of many that find it stale', async () => {
    await leaveStaleLock();
    const results = await Promise.all(Array.from({ length: 20 }, () => lockDirectory(directory, systemClock)));
    expect(results.filter(isLock)).toHaveLength(1);
  });

  it('is taken over when the file is broken', async () => {
    await writeFile(join(directory, 'owner.json'), '{');
    expect(isLock(await lockDirectory(directory, systemClock))).toBe(true);
    expect(JSON.parse(await readFile(join(directory, 'owner.json'), 'utf8'))).toMatchObject({ pid: process.pid });
  });
});
