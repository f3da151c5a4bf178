import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/*
 * Where the servers of tests keep their data: in memory, where there is enough of it. Servers write durably there as on a
 * disk, only that nothing waits for a disk; what a killed server had written is there all the same, and no test turns off
 * the machine.
 */

const memory = '/dev/shm';
const prefix = 'tidemark-tests-';
/** Of some clusters of four servers at once, with room for whoever else needs memory. */
const neededBytes = 8 * 2 ** 30;

/** For TMPDIR of whatever runs tests; gone with this process. Undefined where the system's own folder must do. */
export function temporaryFolder(): string | undefined {
  if (process.env.TMPDIR !== undefined) return process.env.TMPDIR;
  try {
    removeAbandoned();
    if (!hasRoom()) return undefined;
    const folder = join(memory, `${prefix}${process.pid}`);
    mkdirSync(folder, { mode: 0o700 });
    process.once('exit', () => remove(folder));
    if (runsPrograms(folder)) return folder;
    remove(folder);
  } catch {
    // No such file system here.
  }
  return undefined;
}

function hasRoom(): boolean {
  const { bavail, bsize, type } = statfsSync(memory);
  return type === tmpfs && bavail * bsize >= neededBytes && process.availableMemory() >= neededBytes;
}

const tmpfs = 0x01021994;

/** Some machines let nothing in memory be run, and some tests make a script there. */
function runsPrograms(folder: string): boolean {
  const script = join(folder, 'script');
  writeFileSync(script, '#!/bin/sh\n', { mode: 0o700 });
  try {
    execFileSync(script);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(script);
  }
}

/** A run that was killed leaves its folder, and memory is dear. */
function removeAbandoned(): void {
  for (const name of readdirSync(memory)) {
    if (!name.startsWith(prefix)) continue;
    if (!existsSync(join('/proc', name.slice(prefix.length)))) remove(join(memory, name));
  }
}

function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // Of another user, or a server is still going down in it: the next run removes it.
  }
}
