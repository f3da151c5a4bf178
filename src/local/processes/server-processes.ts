import { readdir, readFile } from 'node:fs/promises';
import { basename, sep } from 'node:path';
import type { Clock } from '../../platform/clock.ts';
import { plainCommand, runCommand } from '../../platform/run-command.ts';
import type { StopSignal } from '../../servers/local-servers.ts';
import { knownPrograms } from '../programs/known-programs.ts';
import { sendSignal, signalTree } from './process-tree.ts';

/** A running server, identified by the data directory on its command line: a pid alone may have been reused. */
export type ServerProcess = { readonly pid: number; readonly dataDirectory: string; readonly stopSignal: StopSignal };

/** All servers of this machine whose data is inside `directory`. */
export async function findServerProcesses(directory: string): Promise<ServerProcess[]> {
  const all = await commandLines();
  return all.flatMap(({ pid, args }) => {
    const { dataDirectory = null, stopSignal = 'SIGTERM' } = serverIn(args) ?? {};
    return dataDirectory?.startsWith(directory + sep) ? [{ pid, dataDirectory, stopSignal }] : [];
  });
}

/** The data directory that a server was started with; null if this is not a server's command line. */
export const dataDirectoryOf = (args: readonly string[]): string | null => serverIn(args)?.dataDirectory ?? null;

function serverIn(args: readonly string[]) {
  for (const [index, arg] of args.entries()) {
    const known = knownPrograms.find(({ program }) => program === basename(arg));
    if (known === undefined) continue;
    return { dataDirectory: known.dataDirectoryIn(args.slice(index + 1)), stopSignal: known.stopSignal };
  }
  return null;
}

type CommandLine = { pid: number; args: string[] };

async function commandLines(): Promise<CommandLine[]> {
  const entries = await readdir('/proc').catch(() => null);
  const pids = entries?.filter((name) => /^\d+$/.test(name)) ?? [];
  if (pids.length === 0) return commandLinesOfPs();
  const lines = await Promise.all(
    pids.map(async (pid) => {
      const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      return { pid: Number(pid), args: text.split('\0').filter((arg) => arg !== '') };
    }),
  );
  return lines.filter(({ args }) => args.length > 0);
}

/** For systems without /proc: arguments with blanks are split there, so that such a directory is not recognised. */
async function commandLinesOfPs(): Promise<CommandLine[]> {
  const text = await runCommand(plainCommand('ps'), ['-axo', 'pid=,command=']);
  return text.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(.+)$/.exec(line);
    return match ? [{ pid: Number(match[1]), args: (match[2] ?? '').split(' ') }] : [];
  });
}

/** Stops a server that this process did not start itself; waits for an orderly shutdown, then kills it. */
export async function endServerProcess(server: ServerProcess, clock: Clock, patienceMs = 30_000): Promise<void> {
  const isAlive = async () =>
    (await findServerProcesses(parentOf(server.dataDirectory))).some(
      ({ pid, dataDirectory }) => pid === server.pid && dataDirectory === server.dataDirectory,
    );
  for (const signal of [server.stopSignal, 'SIGKILL'] as const) {
    if (!(await isAlive())) return;
    if (signal === 'SIGKILL') signalTree(server.pid, signal);
    else sendSignal(server.pid, signal);
    signalTree(server.pid, 'SIGCONT');
    const start = clock.monotonic();
    while (clock.monotonic() - start < patienceMs) {
      if (!(await isAlive())) return;
      await clock.sleep(50);
    }
  }
}

const parentOf = (path: string) => path.slice(0, path.lastIndexOf(sep));
