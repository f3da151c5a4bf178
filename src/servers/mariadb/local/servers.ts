/** MariaDB on this machine. */

import { orCompose } from '../../local-servers.ts';
import { familyLocal, familyProgram, versionInLine } from '../../mysql-family/local/family-local.ts';
import type { StartWords } from '../../mysql-family/local/server-arguments.ts';
import { settingsFile } from '../../mysql-family/local/sql-file.ts';
import { initialise, recipe } from './initialise.ts';

const folder = new URL('.', import.meta.url);

export const mariadbStart: StartWords = {
  settings: settingsFile(folder),
  skipStart: '--skip-slave-start',
  alone: [],
  places: [],
};

export const mariadbLocal = familyLocal({
  folder,
  program: {
    ...familyProgram,
    program: 'mariadbd',
    packages: {
      title: 'MariaDB',
      prefixes: ['mariadb-server-core', 'mariadb-client-core'],
      fallbackRelease: null,
      advice: `Install MariaDB 10.6 or newer (Debian, Ubuntu: apt-get install mariadb-server; Fedora: dnf install mariadb-server; macOS: brew install mariadb), ${orCompose}`,
    },
    oldest: [10, 6],
    versionIn: (text) => (/mariadb/i.test(text) ? versionInLine(text) : null),
  },
  recipe,
  initialise,
  start: mariadbStart,
  begin: (position) => [`SET GLOBAL gtid_slave_pos = '${position.format()}'`],
  stopApplying: 'STOP SLAVE SQL_THREAD',
  // The delay changes only while nothing of the replication runs.
  delay: (seconds) => ['STOP SLAVE', `CHANGE MASTER TO MASTER_DELAY = ${seconds}`, 'START SLAVE'],
  group: null,
});
