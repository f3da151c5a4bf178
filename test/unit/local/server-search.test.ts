import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ServersMissingError } from '../../../src/local/local-errors.ts';
import { findUsableServer } from '../../../src/local/processes/usable-server.ts';
import { unpackPackages } from '../../../src/local/programs/apt-packages.ts';
import { programOf } from '../../../src/local/programs/known-programs.ts';
import { findServer } from '../../../src/local/programs/server-binaries.ts';

// Which program is taken is what these tests are about, so small scripts stand for the programs.
const path = process.env.PATH;
let folder: string;
let lines: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark search-'));
  lines = [];
  process.env.PATH = `${join(folder, 'machine', 'sbin')}:${path}`;
});

afterEach(async () => {
  process.env.PATH = path;
  await rm(folder, { recursive: true, force: true });
});

async function script(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${text}\n`);
  await chmod(file, 0o755);
  return file;
}

const versionScript = (version: string) => `echo "mariadbd  Ver ${version}-MariaDB for debian-linux-gnu"`;
// Writes a file into the data directory that it is told of, as the real one does.
const installer = `for a; do d=$(expr "$a" : '--datadir=\\(.*\\)') && touch "$d/ibdata1"; done; true`;
const finding = () => ({ directory: join(folder, 'servers'), log: (line: string) => void lines.push(line) });
const account = { user: 'somebody', password: 'secret' };
const using = () => ({
  ...finding(),
  asRoot: false,
  accounts: { app: account, admin: account, replication: account },
  data: join(folder, 'data'),
  backup: true,
});

describe('the server that is started', () => {
  it('is the one on the PATH, when there is one', async () => {
    const program = await script('machine/sbin/mariadbd', versionScript('11.4.2'));
    await script('servers/mariadb/usr/sbin/mariadbd', versionScript('10.11.6'));
    const found = await findServer('mariadb', finding());
    expect(found).toMatchObject({ version: '11.4.2', command: { path: program }, unpackedUsr: null });
  });

  it.each([
    { what: 'too old', text: versionScript('10.3.39') },
    { what: 'broken', text: 'echo "error while loading shared libraries" >&2; exit 127' },
  ])('is an unpacked one, when the one on the PATH is $what', async ({ text }) => {
    await script('machine/sbin/mariadbd', text);
    await script('servers/mariadb/usr/sbin/mariadbd', versionScript('10.11.6'));
    expect(await findServer('mariadb', finding())).toMatchObject({ version: '10.11.6' });
  });

  it('is one of the series that the data was made by, if there is data that no other can use', async () => {
    await script('machine/sbin/mariadbd', versionScript('11.4.2'));
    await script('servers/mariadb/usr/sbin/mariadbd', versionScript('10.11.6'));
    expect(await findServer('mariadb', { ...finding(), series: '10' })).toMatchObject({ version: '10.11.6' });
    const other = findServer('mariadb', { ...finding(), series: '12' });
    await expect(other).rejects.toThrow(ServersMissingError);
    await expect(other).rejects.toThrow('The data was made by MariaDB 12, and no MariaDB 12 is found here');
  });

  it('makes an empty data directory, wherever that lies', async () => {
    await script('machine/sbin/mariadbd', versionScript('11.4.2'));
    await script('machine/bin/mariadb-install-db', installer);
    const { templates } = await findUsableServer('mariadb', using());
    expect(await readdir(templates.backup)).toEqual(['ibdata1']);
  });

  it('is an unpacked one, when the one on the PATH may not work in our folder', async () => {
    await script('machine/sbin/mariadbd', versionScript('11.4.2'));
    await script('machine/bin/mariadb-install-db', 'echo "ERROR: permission denied" >&2; exit 1');
    await script('servers/mariadb/usr/sbin/mariadbd', versionScript('11.4.2'));
    await script('servers/mariadb/usr/bin/mariadb-install-db', installer);
    const { server } = await findUsableServer('mariadb', using());
    expect(server.unpackedUsr).toBe(join(folder, 'servers', 'mariadb', 'usr'));
    expect(lines.join('\n')).toContain('ERROR: permission denied');
  });
});

describe('a machine without servers and without apt', () => {
  it('gets one message that names what to install, and containers as the other way', async () => {
    await mkdir(join(folder, 'bin'));
    // All that such a machine has of what is looked for: a shell.
    for (const program of ['/bin/sh', '/usr/bin/env']) await symlink(program, join(folder, 'bin', basename(program)));
    process.env.PATH = join(folder, 'bin');
    const attempt = unpackPackages({
      set: programOf('mariadb').packages,
      target: join(folder, 'servers', 'mariadb'),
      isWhole: async () => true,
      log: () => {},
    });
    await expect(attempt).rejects.toThrow(ServersMissingError);
    await expect(attempt).rejects.toThrow(/^No MariaDB found on the PATH\. Install MariaDB .*docker compose up$/);
    expect(await readdir(join(folder, 'servers'))).toEqual([]);
  });
});
