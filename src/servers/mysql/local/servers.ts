/** MySQL on this machine. */
import { runCommand } from '../../../platform/run-command.ts';
import { orCompose } from '../../local-servers.ts';
import { familyLocal, familyProgram, versionInLine } from '../../mysql-family/local/family-local.ts';
import { placesOf, type StartWords } from '../../mysql-family/local/server-arguments.ts';
import { settingsFile } from '../../mysql-family/local/sql-file.ts';
import { formGroup } from './form-group.ts';

const folder = new URL('.', import.meta.url);
const recipe = ['--no-defaults', '--initialize-insecure', '--loose-innodb-redo-log-capacity=64M'];
export const mysqlStart: StartWords = {
  settings: settingsFile(folder),
  skipStart: '--skip-replica-start',
  // Settings that a failover persisted are for servers that are not configured at each start.
  alone: ['--persisted-globals-load=OFF'],
  places: ['--secure-file-priv=NULL'],
};

export const mysqlLocal = familyLocal({
  folder,
  program: {
    ...familyProgram,
    program: 'mysqld',
    packages: {
      title: 'MySQL',
      prefixes: ['mysql-server-core'],
      fallbackRelease: 'sid',
      advice: `Install MySQL 8.0.26 or newer (Ubuntu: apt-get install mysql-server; Fedora: dnf install mysql-server; macOS: brew install mysql), ${orCompose}`,
    },
    oldest: [8, 0, 26],
    // MariaDB also ships a `mysqld`.
    versionIn: (text) => (/mariadb/i.test(text) ? null : versionInLine(text)),
  },
  recipe,
  initialise: async ({ binary, dataDirectory, asRoot, signal }) => {
    const places = [`--datadir=${dataDirectory}`, ...placesOf(binary.unpackedUsr, mysqlStart)];
    await runCommand(binary.command, [...recipe, ...places, ...(asRoot ? ['--user=root'] : [])], { signal });
  },
  start: mysqlStart,
  begin: () => [],
  stopApplying: 'STOP REPLICA SQL_THREAD',
  delay: (seconds) => ['STOP REPLICA', `CHANGE REPLICATION SOURCE TO SOURCE_DELAY = ${seconds}`, 'START REPLICA'],
  group: {
    form: (request) => formGroup(request, folder),
    hold: async (connection) => {
      await connection.query('FLUSH TABLES WITH READ LOCK');
    },
  },
});
