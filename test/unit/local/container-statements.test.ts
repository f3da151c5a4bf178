import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { credentialValues, loadStatements } from '../../../src/servers/mysql-family/local/sql-file.ts';

const sources = new URL('../../../src/', import.meta.url);

const credentials = {
  app: { user: 'tidemark', password: String.raw`it's & \0` },
  admin: { user: 'tidemark_admin', password: '$(id) `id` "quoted"' },
  replication: { user: 'tidemark_replication', password: 'plain' },
};

/** The statements that a container feeds to its server at the first start, a line each. */
function containerStatements(flavour: string): string[] {
  const init = fileURLToPath(new URL('local/containers/init.sh', sources));
  const output = execFileSync('bash', ['-eo', 'pipefail', '-c', `docker_process_sql() { cat; }; . '${init}'`], {
    encoding: 'utf8',
    env: {
      ...process.env,
      TIDEMARK_FLAVOUR: flavour,
      TIDEMARK_SERVERS: fileURLToPath(new URL('servers', sources)),
      TIDEMARK_APP_USER: credentials.app.user,
      TIDEMARK_APP_PASSWORD: credentials.app.password,
      TIDEMARK_ADMIN_USER: credentials.admin.user,
      TIDEMARK_ADMIN_PASSWORD: credentials.admin.password,
      TIDEMARK_REPLICATION_USER: credentials.replication.user,
      TIDEMARK_REPLICATION_PASSWORD: credentials.replication.password,
    },
  });
  return output
    .split('\n')
    .map((line) => line.replace(/;$/, ''))
    .filter((line) => line !== '' && !line.startsWith('--'));
}

describe('a container', () => {
  it.each([
    ['mariadb', 'RESET MASTER'],
    ['mysql', 'RESET BINARY LOGS AND GTIDS'],
  ] as const)('makes the accounts of the local cluster, then forgets how it was set up: %s', async (flavour, reset) => {
    const accounts = await loadStatements(
      new URL(`servers/${flavour}/local/`, sources),
      'accounts',
      credentialValues(credentials, '%'),
    );
    expect(containerStatements(flavour)).toEqual([...accounts, reset]);
  });
});
