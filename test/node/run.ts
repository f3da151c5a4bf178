// `npm run test:node`: the tests on a Node that is not the one of this machine.
import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fetchNode, NodeUnavailableError } from './fetch-node.ts';
import { help, type RunOptions, readOptions, WrongOptionError } from './run-options.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const print = (line: string) => process.stdout.write(`${line}\n`);

async function runTests(options: RunOptions): Promise<number> {
  const { programs, version } = await fetchNode(options.version, join(root, '.tidemark/node'), print);
  print(`Node ${version}`);
  const runner = join(root, 'node_modules/vitest/vitest.mjs');
  const words = [runner, 'run', '--config', 'test/vitest.config.ts', ...options.vitest];
  // What the tests start finds this Node first; npm is one of them.
  const env = { ...process.env, PATH: [programs, process.env.PATH ?? ''].join(delimiter) };
  const child = spawn(join(programs, 'node'), words, { cwd: root, env, stdio: 'inherit' });
  // Ctrl-C reaches the tests as well: wait until they have stopped what they started.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options === null) process.stdout.write(help);
  else process.exitCode = await runTests(options);
} catch (error) {
  if (!(error instanceof WrongOptionError || error instanceof NodeUnavailableError)) throw error;
  process.stderr.write(`${error.message}\n`);
  if (error instanceof WrongOptionError) process.stderr.write(`\n${help}`);
  process.exitCode = error instanceof WrongOptionError ? 2 : 1;
}
