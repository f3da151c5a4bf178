/**
 * Errors about the server and not about the statement: another server may answer the same statement.
 * Whether one does is found by trying it.
 */
import type { ServingFaultKind } from '../../cluster/serving.ts';

const byNumber: Readonly<Record<number, ServingFaultKind>> = {
  // Of the files below the tables, such as temporary ones on a full disk.
  1: 'TABLE_BROKEN', // cannot create a file
  2: 'TABLE_BROKEN', // error on read
  3: 'TABLE_BROKEN', // error on write
  4: 'TABLE_BROKEN', // error on close
  5: 'TABLE_BROKEN', // out of memory
  9: 'TABLE_BROKEN', // unexpected end of a file
  14: 'TABLE_BROKEN', // cannot change the size of a file
  20: 'TABLE_BROKEN', // disk full
  23: 'TABLE_BROKEN', // out of file handles
  27: 'TABLE_BROKEN', // cannot bring a file to the disk
  28: 'TABLE_BROKEN', // no space left
  29: 'TABLE_BROKEN', // cannot find the file
  // Numbers of the storage engine, which MyISAM passes on to clients unchanged.
  126: 'TABLE_BROKEN', // index corrupt
  127: 'TABLE_BROKEN', // rows corrupt
  130: 'TABLE_BROKEN', // a file that is no table
  135: 'TABLE_BROKEN', // no more room in the file of the rows, as of a temporary table
  136: 'TABLE_BROKEN', // … of the index
  144: 'TABLE_BROKEN', // crashed, and could not be repaired
  145: 'TABLE_BROKEN', // crashed
  1049: 'TABLE_MISSING', // unknown database
  1051: 'TABLE_MISSING', // unknown table
  1054: 'TABLE_MISSING', // unknown column
  1136: 'TABLE_MISSING', // another number of columns
  1146: 'TABLE_MISSING', // no such table
  1044: 'RIGHT_MISSING', // to the database
  1045: 'RIGHT_MISSING',
  1142: 'RIGHT_MISSING', // to the table
  1143: 'RIGHT_MISSING', // to the column
  1227: 'RIGHT_MISSING', // of the server
  1370: 'RIGHT_MISSING', // to a routine
  1364: 'TABLE_MISSING', // an unknown column that has no default
  1820: 'RIGHT_MISSING', // the password has to be changed first
  1862: 'RIGHT_MISSING', // the password has expired
  3118: 'RIGHT_MISSING', // the account is locked
  4151: 'RIGHT_MISSING', // the account is locked
  1015: 'TABLE_BROKEN', // cannot lock the file
  1016: 'TABLE_BROKEN', // cannot open the file
  1017: 'TABLE_BROKEN', // cannot find the file
  1021: 'TABLE_BROKEN', // disk full
  1023: 'TABLE_BROKEN', // error on close
  1024: 'TABLE_BROKEN', // error on read
  1026: 'TABLE_BROKEN', // error on write
  1030: 'TABLE_BROKEN', // error from the storage engine
  1033: 'TABLE_BROKEN', // incorrect information in a file
  1034: 'TABLE_BROKEN', // incorrect key file
  1035: 'TABLE_BROKEN', // old key file
  1037: 'TABLE_BROKEN', // out of memory
  1038: 'TABLE_BROKEN', // out of sort memory
  1041: 'TABLE_BROKEN', // out of memory
  1047: 'TABLE_BROKEN', // a Galera node that is not in step with its cluster
  1114: 'TABLE_BROKEN', // table full
  1135: 'TABLE_BROKEN', // cannot create a thread
  1461: 'TABLE_BROKEN', // holds as many prepared statements as it takes
  1180: 'TABLE_BROKEN', // error from the storage engine at COMMIT
  1181: 'TABLE_BROKEN', // … at ROLLBACK
  1194: 'TABLE_BROKEN', // crashed
  1195: 'TABLE_BROKEN', // crashed, and could not be repaired
  1206: 'TABLE_BROKEN', // no room for more locks
  1286: 'TABLE_BROKEN', // unknown storage engine
  1812: 'TABLE_BROKEN', // tablespace missing
  1814: 'TABLE_BROKEN', // tablespace discarded
  1932: 'TABLE_BROKEN', // not known to the engine
  1356: 'TABLE_BROKEN', // a view in its place, of something that is gone or may not be read
  1449: 'TABLE_BROKEN', // the account that a trigger acts as is gone
  1712: 'TABLE_BROKEN', // index corrupt
  1815: 'TABLE_BROKEN', // internal error of the engine
  1877: 'TABLE_BROKEN', // corrupt
  1878: 'TABLE_BROKEN', // cannot write a temporary file
  1881: 'TABLE_BROKEN', // started to be repaired (innodb_force_recovery)
  3019: 'TABLE_BROKEN', // no room to undo more
  3185: 'TABLE_BROKEN', // no master key for encrypted tables
  3796: 'TABLE_SILENT', // a group cannot give the consistency that it is set to
  3797: 'TABLE_SILENT', // nor in time
};

/** `null` if the error says nothing about the server. */
export function unableByNumber(errno: number): ServingFaultKind | null {
  return byNumber[errno] ?? null;
}

/** Whatever the statement asks for: the server is at a limit of its own, or what it keeps is damaged. */
const ofServerAlone: ReadonlySet<number> = new Set([
  ...[1, 2, 4, 9, 23, 27, 29, 127, 130, 144, 145],
  ...[1015, 1016, 1017, 1023, 1024, 1033, 1035, 1047, 1194, 1195, 1461, 1712, 1812, 1814, 1877, 1932, 3185],
]);

/** False when every server may refuse the statement, because of what it asks for. */
export const blamesServer = (errno: number): boolean => ofServerAlone.has(errno);

const freeRoom = 'free room on its disk: SELECT @@GLOBAL.tmpdir, @@GLOBAL.datadir';
const repair = 'REPAIR TABLE, of the table that its error log names';
const cures: Readonly<Record<number, string>> = {
  1: 'create its directory for temporary files: SELECT @@GLOBAL.tmpdir',
  3: freeRoom,
  14: freeRoom,
  20: freeRoom,
  28: freeRoom,
  135: freeRoom,
  136: freeRoom,
  1021: freeRoom,
  1026: freeRoom,
  1114: freeRoom,
  1878: freeRoom,
  126: repair,
  127: repair,
  144: repair,
  145: repair,
  1034: repair,
  1035: repair,
  1194: repair,
  1195: repair,
  1461: 'SET GLOBAL max_prepared_stmt_count = @@GLOBAL.max_prepared_stmt_count + 16382',
};

export const cureByNumber = (errno: number): string | null => cures[errno] ?? null;

/** What `SHOW … STATUS` of replication asks for. */
export function monitoringRight(version: string): string {
  const match = /^(\d+)\.(\d+)\.\d+.*MariaDB/i.exec(version);
  if (match === null) return 'REPLICATION CLIENT';
  const [major, minor] = [Number(match[1]), Number(match[2])];
  return major > 10 || (major === 10 && minor >= 5) ? 'SLAVE MONITOR' : 'REPLICATION CLIENT';
}
