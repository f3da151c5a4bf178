import { describe, expect, it } from 'vitest';
import { programOf } from '../../../src/local/programs/known-programs.ts';
import { bytesOfUris, choosePackages, packagesOfSimulation } from '../../../src/local/programs/package-sets.ts';

describe('choosing packages', () => {
  it.each([
    {
      release: 'a Debian release, which names them plainly',
      available: ['mariadb-server-core', 'mariadb-client-core', 'mariadb-client-core-compat'],
      chosen: ['mariadb-server-core', 'mariadb-client-core'],
    },
    {
      release: 'an Ubuntu release, which adds the version',
      available: ['mariadb-server-core-10.6', 'mariadb-client-core-10.6'],
      chosen: ['mariadb-server-core-10.6', 'mariadb-client-core-10.6'],
    },
    {
      release: 'a release with two versions: the newer, by number and not by letter',
      available: ['mariadb-server-core-10.6', 'mariadb-server-core-10.11', 'mariadb-client-core'],
      chosen: ['mariadb-server-core-10.11', 'mariadb-client-core'],
    },
    { release: 'a release without the server', available: ['mariadb-client-core'], chosen: null },
  ])('takes what is there in $release', ({ available, chosen }) => {
    expect(choosePackages(programOf('mariadb').packages, available)).toEqual(chosen);
  });

  it('does not take a package that only begins alike', () => {
    expect(choosePackages({ prefixes: ['mysql-server-core'] }, ['mysql-server-core-tools'])).toBeNull();
  });
});

describe('what apt would install', () => {
  it('is read from its simulated run, without perl', () => {
    const simulation = [
      'Reading package lists...',
      'Inst libaio1 (0.3.113-4 Debian:12.15/oldstable [amd64])',
      'Inst libc6 (2.43-7 Debian:unstable [amd64]) []',
      'Inst perl-base (5.42.3-1 Debian:unstable [amd64])',
      'Inst libperl5.42 (5.42.3-1 Debian:unstable [amd64])',
      'Conf libaio1 (0.3.113-4 Debian:12.15/oldstable [amd64])',
    ].join('\n');
    expect(packagesOfSimulation(simulation)).toEqual(['libaio1', 'libc6']);
  });
});

describe('the size of a download', () => {
  it('is the sum of what apt lists', () => {
    const uris = [
      "'http://mirror.example/debian/pool/a.deb' a_1%3a2_amd64.deb 1500000 SHA256:ab",
      "'http://mirror.example/debian/pool/b.deb' b.deb 500000 ",
      'anything else',
    ].join('\n');
    expect(bytesOfUris(uris)).toBe(2_000_000);
  });
});
