import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { isPortFree, pickPort } from '../../src/local/processes/ports.ts';
import { findServer } from '../../src/local/programs/server-binaries.ts';
import { commandLine } from '../../src/platform/run-command.ts';
import { binariesDirectory } from '../support/test-cluster.ts';
import { until } from '../support/until.ts';

it('Redis as the compose file starts it wants its password, and shows it in no argument', async () => {
  const text = await readFile(new URL('../../docker-compose.yml', import.meta.url), 'utf8');
  const [program = '', ...words] = (parse(text).services.redis.command as string[]).map((word) =>
    word.replaceAll('$$', '$'),
  );
  const directory = await mkdtemp(join(tmpdir(), 'tidemark-compose-redis-'));
  const port = await pickPort({ remembered: undefined, taken: new Set(), isFree: isPortFree });
  const { command } = await findServer('redis', { directory: binariesDirectory, log: () => undefined });
  // What the image has, which starts the program that it is given.
  const real = commandLine(command, ['"$@"', '--port', String(port), '--bind', '127.0.0.1', '--dir', directory]);
  const entrypoint = join(directory, 'docker-entrypoint.sh');
  await writeFile(entrypoint, `#!/bin/sh\n[ "$1" = redis-server ] && shift\nexec ${real.join(' ')}\n`);
  await chmod(entrypoint, 0o755);
  const child = spawn(program, words, {
    env: { PATH: `${directory}${delimiter}${process.env.PATH}`, REDIS_PASSWORD: 'from-outside' },
    stdio: 'ignore',
  });
  const asked = async (account: object) => {
    const client = new Redis({ host: '127.0.0.1', port, lazyConnect: true, retryStrategy: () => null, ...account });
    client.on('error', () => undefined);
    try {
      return await client.config('GET', 'maxmemory-policy');
    } finally {
      client.disconnect();
    }
  };
  try {
    await until('it answers', () =>
      asked({ password: 'from-outside' }).then(
        () => true,
        () => false,
      ),
    );
    expect(await asked({ password: 'from-outside' })).toEqual(['maxmemory-policy', 'noeviction']);
    await expect(asked({})).rejects.toThrow(/NOAUTH/);
    expect(await readFile(`/proc/${child.pid}/cmdline`, 'utf8').catch(() => '')).not.toContain('from-outside');
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
    await rm(directory, { recursive: true, force: true });
  }
});
