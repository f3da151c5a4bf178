import { describe, expect, it } from 'vitest';
import { programOf } from '../../../src/local/programs/known-programs.ts';
import { isSupported } from '../../../src/local/programs/server-version.ts';

const mariadb = '/usr/sbin/mariadbd  Ver 10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64 (Debian 12)';
const mysql = '/usr/sbin/mysqld  Ver 8.0.36-0ubuntu0.22.04.1 for Linux on x86_64 ((Ubuntu))';
const redis = 'Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=8e6ac8f2dda4d3cb';

describe('the version of a server', () => {
  it.each([
    ['mariadb', mariadb, '10.11.19'],
    ['mysql', mysql, '8.0.36'],
    ['redis', redis, '7.0.15'],
    ['mysql', mariadb, null],
    ['mariadb', mysql, null],
    ['mysql', 'error while loading shared libraries', null],
  ] as const)('as %s: %s', (kind, text, version) => {
    expect(programOf(kind).versionIn(text)).toBe(version);
  });

  it.each([
    ['mariadb', '10.5.29', false],
    ['mariadb', '10.6.0', true],
    ['mariadb', '11.4.2', true],
    ['mysql', '5.7.44', false],
    ['mysql', '8.0.25', false],
    ['mysql', '8.0.26', true],
    ['mysql', '9.7.4', true],
    ['redis', '6.0.16', false],
    ['redis', '7.0.15', true],
  ] as const)('%s %s is supported: %s', (kind, version, supported) => {
    expect(isSupported(programOf(kind), version)).toBe(supported);
  });
});
