import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/platform/clock.ts';
import { createLog } from '../../../src/platform/log.ts';
import { until } from '../../support/until.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tidemark-log-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const json = { level: 'info', format: 'json' } as const;
const many = 20_000;

function pipe(): { reader: number; writer: number } {
  const path = join(directory, 'pipe');
  execFileSync('mkfifo', [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return { reader, writer: openSync(path, constants.O_WRONLY) };
}

function readAll(fd: number): string {
  const buffer = Buffer.alloc(64 * 1024);
  let text = '';
  try {
    for (let bytes = readSync(fd, buffer); bytes > 0; bytes = readSync(fd, buffer))
      text += buffer.toString('utf8', 0, bytes);
  } catch {
    // Empty for now.
  }
  return text;
}

describe('the log', () => {
  it('is written to a file line by line, and wholly before it is closed', async () => {
    const path = join(directory, 'log');
    const fd = openSync(path, 'w');
    const log = createLog(json, fd);
    for (let index = 0; index < 1000; index += 1) log.info({ index }, 'a line');
    await log.close();
    closeSync(fd);
    const lines = readFileSync(path, 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).index)).toEqual(Array.from({ length: 1000 }, (_, index) => index));
    expect(log.lostLines()).toBe(0);
  });

  it('costs lines, counted, and nothing else while it is not read; and says so once it is', async () => {
    const { reader, writer } = pipe();
    const log = createLog(json, writer);
    for (let index = 0; index < many; index += 1) log.info({ index }, 'a line that is neither short nor long');
    expect(log.lostLines()).toBeGreaterThan(0);
    // The process goes on: whatever waits for a turn of the event loop gets it.
    await systemClock.sleep(1);
    const lost = log.lostLines();
    let text = '';
    await until('the lines are read', () => {
      text += readAll(reader);
      return text.includes('of this log were lost');
    });
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.at(-1)).toMatchObject({ level: 'warn', lines: lost });
    expect(lines).toHaveLength(many - lost + 1);
    await log.close();
    closeSync(reader);
    closeSync(writer);
  });

  it('ends in a bounded time although it is not read', async () => {
    const { reader, writer } = pipe();
    const log = createLog(json, writer);
    for (let index = 0; index < many; index += 1) log.info({ index }, 'a line that is neither short nor long');
    await log.close(50);
    closeSync(reader);
    closeSync(writer);
  });

  it('costs lines and nothing else on a disk that is full', async () => {
    const fd = openSync('/dev/full', 'w');
    const log = createLog(json, fd);
    for (let index = 0; index < many; index += 1) log.info({ index }, 'a line that is neither short nor long');
    expect(log.lostLines()).toBeGreaterThan(0);
    await log.close(50);
    closeSync(fd);
  });

  it('is for people where that is told', async () => {
    const path = join(directory, 'log');
    const fd = openSync(path, 'w');
    const log = createLog({ level: 'info', format: 'pretty' }, fd);
    log.info({ node: 'replica-1' }, 'came back');
    await log.close();
    closeSync(fd);
    expect(readFileSync(path, 'utf8')).toMatch(/INFO.*came back.*replica-1/);
  });
});
