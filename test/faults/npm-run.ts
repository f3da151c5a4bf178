import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/platform/clock.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export type Ended = {
  readonly code: number;
  readonly output: string;
  /** From the first process to the end of the last one. */
  readonly tookMs: number;
};

/** An npm command with all that belongs to its start, told of nothing but these servers. */
export async function runNpm(words: readonly string[], environment: Readonly<Record<string, string>>): Promise<Ended> {
  const { PATH = '', HOME = '' } = process.env;
  const startedMs = systemClock.monotonic();
  const child = spawn('npm', words, {
    cwd: root,
    env: { PATH, HOME, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const [code] = await once(child, 'close');
  return { code: code ?? -1, output, tookMs: systemClock.monotonic() - startedMs };
}
