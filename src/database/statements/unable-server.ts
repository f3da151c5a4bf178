/**
 * Errors that say something of the server and nothing of the statement: another server may answer the same statement well.
 * Whether it does is found by asking one.
 */
import type { ServingFaultKind } from '../../cluster/serving.ts';

const byNumber: Readonly<Record<number, ServingFaultKind>> = {
  1049: 'TABLE_MISSING', // unknown database
  1051: 'TABLE_MISSING', // unknown table
  1054: 'TABLE_MISSING', // unknown column
  1146: 'TABLE_MISSING', // no such table
  1044: 'RIGHT_MISSING', // to the database
  1045: 'RIGHT_MISSING',
  1142: 'RIGHT_MISSING', // to the table
  1143: 'RIGHT_MISSING', // to the column
  1227: 'RIGHT_MISSING', // of the server
  1370: 'RIGHT_MISSING', // to a routine
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
  1114: 'TABLE_BROKEN', // table full
  1135: 'TABLE_BROKEN', // cannot create a thread
  1461: 'TABLE_BROKEN', // holds as many prepared statements as it takes
  1194: 'TABLE_BROKEN', // crashed
  1195: 'TABLE_BROKEN', // crashed, and could not be repaired
  1286: 'TABLE_BROKEN', // unknown storage engine
  1812: 'TABLE_BROKEN', // tablespace missing
  1814: 'TABLE_BROKEN', // tablespace discarded
  1932: 'TABLE_BROKEN', // not known to the engine
  1877: 'TABLE_BROKEN', // corrupt
  3185: 'TABLE_BROKEN', // no master key for encrypted tables
  3796: 'TABLE_SILENT', // a group cannot give the consistency that it is set to
  3797: 'TABLE_SILENT', // nor in time
};

/** `null` when the error says nothing of the server. */
export function unableBy(errno: number): ServingFaultKind | null {
  return byNumber[errno] ?? null;
}

/** What `SHOW … STATUS` of replication asks for. */
export function monitoringRight(version: string): string {
  const match = /^(\d+)\.(\d+)\.\d+.*MariaDB/i.exec(version);
  if (match === null) return 'REPLICATION CLIENT';
  const [major, minor] = [Number(match[1]), Number(match[2])];
  return major > 10 || (major === 10 && minor >= 5) ? 'SLAVE MONITOR' : 'REPLICATION CLIENT';
}
