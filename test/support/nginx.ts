/** A real nginx as people put it in front: TLS, a path of its own, and everything else at its defaults. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPortFree } from '../../src/local/processes/ports.ts';
import { ServerChild } from '../../src/local/processes/server-child.ts';
import { unpackPackages } from '../../src/local/programs/apt-packages.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { firstExisting } from '../../src/platform/existing-path.ts';
import { type Command, plainCommand, runCommand } from '../../src/platform/run-command.ts';
import type { PackageSet } from '../../src/servers/local-servers.ts';
import { certificates } from './certificates.ts';
import { binariesDirectory } from './test-cluster.ts';

export type Nginx = {
  /** With TLS, and the path below which the API lies; without a slash at the end. */
  readonly url: string;
  stop(): Promise<void>;
};

const packages: PackageSet = {
  title: 'nginx',
  prefixes: ['nginx'],
  fallbackRelease: null,
  advice: 'Install it (Debian, Ubuntu: apt-get install nginx)',
};

/** Serves what `target` has at `/` below `prefix`, and takes the prefix away. `headers`: lines of its configuration. */
export async function startNginx(
  target: string,
  { prefix, port, headers = [] }: { prefix: string; port: number; headers?: readonly string[] },
): Promise<Nginx> {
  const command = await findNginx();
  const directory = await mkdtemp(join(tmpdir(), 'tidemark-nginx-'));

  const file = join(directory, 'nginx.conf');
  await mkdir(join(directory, 'temp'));
  await writeFile(file, configuration({ target, prefix, headers, directory, port }));
  const child = await ServerChild.start(command, ['-c', file, '-p', directory, '-e', join(directory, 'error.log')], {
    cwd: directory,
    logPath: join(directory, 'nginx.log'),
    parentDeathSignal: 'KILL',
  });
  const stop = async () => {
    await child.end('SIGTERM', systemClock);
    await rm(directory, { recursive: true, force: true });
  };
  const deadlineMs = systemClock.monotonic() + 20_000;
  while (await isPortFree(port)) {
    if (child.exit !== null || systemClock.monotonic() > deadlineMs) {
      const words = await child.lastWords();
      await stop();
      throw new Error(`nginx did not start: ${words}`);
    }
    await systemClock.sleep(30);
  }
  return { url: `https://localhost:${port}${prefix}`, stop };
}

type Front = { target: string; prefix: string; headers: readonly string[]; directory: string; port: number };

function configuration({ target, prefix, headers, directory, port }: Front): string {
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
daemon off;
master_process off;
worker_processes 1;
pid ${directory}/nginx.pid;
error_log ${directory}/error.log warn;
events {}
http {
  access_log off;
  ${places.map((place) => `${place}_temp_path ${directory}/temp/${place};`).join('\n  ')}
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${certificates.server};
    ssl_certificate_key ${certificates.serverKey};
    location ${prefix}/ {
      proxy_pass ${target}/;
      ${headers.join('\n      ')}
    }
  }
}
`;
}

/** On the PATH, else unpacked earlier, else from the distribution's packages. */
async function findNginx(): Promise<Command> {
  const script = 'PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v nginx';
  const found = await runCommand(plainCommand('sh'), ['-c', script]).catch(() => '');
  if (found.trim() !== '') return plainCommand(found.trim());
  const target = join(binariesDirectory, 'nginx');
  const isWhole = async (root: string) => (await unpackedNginx(root)) !== null;
  if (!(await isWhole(target))) await unpackPackages({ set: packages, target, isWhole, log: () => undefined });
  const command = await unpackedNginx(target);
  if (command === null) throw new Error('nginx was unpacked and does not run');
  return command;
}

async function unpackedNginx(root: string): Promise<Command | null> {
  const path = await firstExisting([join(root, 'usr/sbin/nginx')]);
  if (path === null) return null;
  const libraries = (await readdir(join(root, 'usr/lib')).catch(() => [])).map((name) => join(root, 'usr/lib', name));
  const command = { path, args: [], variables: { LD_LIBRARY_PATH: libraries.join(':') } };
  return runCommand(command, ['-v']).then(
    () => command,
    () => null,
  );
}
