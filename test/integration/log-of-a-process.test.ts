import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isPortFree, pickPort } from '../../src/local/processes/ports.ts';

// The real process with servers that are not there, and a log that nobody takes.
let child: ChildProcess | undefined;
afterEach(() => {
  child?.kill('SIGKILL');
});

async function start(stdout: 'pipe' | number): Promise<{ url: string; ended: Promise<number | null> }> {
  const port = await pickPort({ remembered: undefined, taken: new Set(), isFree: isPortFree });
  const started = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
    env: {
      PATH: process.env.PATH ?? '',
      SOURCE_URL: 'mysql://app:secret@127.0.0.1:1/orders',
      PORT: String(port),
      LOG_FORMAT: 'json',
    },
    stdio: ['ignore', stdout, 'ignore'],
  });
  child = started;
  const ended = new Promise<number | null>((resolve) => started.once('exit', resolve));
  const url = `http://127.0.0.1:${port}`;
  await vi.waitFor(() => fetch(`${url}/livez`), { timeout: 100_000, interval: 100 });
  return { url, ended };
}

const asks = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"query":"{ __typename }"}' };

describe.each([
  ['is not read', 'pipe'],
  ['lies on a full disk', openSync('/dev/full', 'w')],
] as const)('a log that %s', (_, stdout) => {
  it('costs lines, and neither answers nor the end of the process', async () => {
    const { url, ended } = await start(stdout);
    // About twice what the kernel keeps of a pipe that nobody reads.
    for (let asked = 0; asked < 500; asked += 50) {
      await Promise.all(Array.from({ length: 50 }, async () => (await fetch(`${url}/graphql`, asks)).text()));
    }
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    expect((await fetch(`${url}/graphql`, asks)).status).toBe(200);
    child?.kill('SIGTERM');
    expect(await ended).toBe(0);
  }, 300_000);
});
