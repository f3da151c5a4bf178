import { SqlError } from 'mariadb';
import { describe, expect, it } from 'vitest';
import { certainRefusals, NodeDownError } from '../../../src/servers/driver-fault.ts';
import { faultInWords, faultOf, readRefusalOf } from '../../../src/servers/faults.ts';

function sqlError(errno: number, { code = `ER_${errno}`, fatal = false, cause = undefined as unknown } = {}): SqlError {
  const error = new SqlError(`a text with 'secrets' in it`);
  return Object.assign(error, { errno, code, fatal, cause });
}
const outOfGalera = (errno: number): SqlError =>
  Object.assign(sqlError(errno, { fatal: true }), { message: 'WSREP has not yet prepared node for application use' });
const noMajority = 'is not in the primary component of its Galera cluster, or not in step with it yet';
const systemError = (code: string) => Object.assign(new Error(`connect ${code} 10.0.0.1:3306`), { code });

describe('a fault of the driver', () => {
  it.each([
    ['a refused connection', systemError('ECONNREFUSED'), 'CONNECTION', 'refused the connection'],
    ['a reset connection', systemError('ECONNRESET'), 'CONNECTION', 'lost the connection'],
    ['silence', systemError('ETIMEDOUT'), 'CONNECTION', 'does not answer'],
    ['an unknown host', systemError('ENOTFOUND'), 'CONNECTION', 'its host name is not known'],
    ['a killed connection', sqlError(1927, { fatal: true }), 'CONNECTION', 'lost the connection'],
    ['an interrupted statement', sqlError(1317), 'CONNECTION', 'lost the connection'],
    ['a server that shuts down', sqlError(1053), 'CONNECTION', 'lost the connection'],
    ['a socket that was silent too long', sqlError(45_026, { fatal: true }), 'CONNECTION', 'lost the connection'],
    ['anything fatal', sqlError(4711, { fatal: true }), 'CONNECTION', 'lost the connection'],
    ['a node that is down', new NodeDownError(), 'CONNECTION', 'lost the connection'],
    ['a busy pool', sqlError(45_028), 'EXHAUSTED', 'answered ER_45028'],
    ['a busy server', sqlError(1040), 'EXHAUSTED', 'answered ER_1040'],
    [
      'a pool that cannot connect',
      sqlError(45_028, { cause: systemError('ECONNREFUSED') }),
      'CONNECTION',
      'lost the connection',
    ],
    [
      'a pool that a busy server refuses',
      sqlError(45_028, { cause: sqlError(1040) }),
      'EXHAUSTED',
      'answered ER_45028',
    ],
    ['a deadlock', sqlError(1213), 'DEADLOCK', 'answered ER_1213'],
    ['a commit that the group did not answer', sqlError(3100), 'LEFT_GROUP', 'answered ER_3100'],
    ['a commit that the group rolled back', sqlError(3101), 'GROUP_ROLLED_BACK', 'answered ER_3101'],
    ['a lock that was not had in time', sqlError(1205), 'LOCK_TIMEOUT', 'answered ER_1205'],
    ['a table that was changed after the snapshot', sqlError(1412), 'CHANGED', 'answered ER_1412'],
    ['a table that was changed after a statement was prepared', sqlError(1615), 'CHANGED', 'answered ER_1615'],
    ['a view of something that is gone', sqlError(1356), 'UNABLE', 'answered ER_1356'],
    ['a definer that is gone', sqlError(1449), 'UNABLE', 'answered ER_1449'],
    ['a corrupt index', sqlError(1712), 'UNABLE', 'answered ER_1712'],
    ['a temporary file that cannot be written', sqlError(1878), 'UNABLE', 'answered ER_1878'],
    ['no room to undo', sqlError(3019), 'UNABLE', 'answered ER_3019'],
    ["MariaDB's statement timeout", sqlError(1969), 'STATEMENT_TIMEOUT', 'answered ER_1969'],
    ["MySQL's statement timeout", sqlError(3024), 'STATEMENT_TIMEOUT', 'answered ER_3024'],
    ['a read-only server', sqlError(1290), 'READ_ONLY', 'answered ER_1290'],
    ['a table that may only be read', sqlError(1036), 'READ_ONLY', 'answered ER_1036'],
    ['InnoDB that may only be read', sqlError(1874), 'READ_ONLY', 'answered ER_1874'],
    ['an account with too many connections', sqlError(1203), 'EXHAUSTED', 'answered ER_1203'],
    ['an account that has used up what it may', sqlError(1226), 'EXHAUSTED', 'answered ER_1226'],
    ['a session that was killed', sqlError(3169), 'CONNECTION', 'lost the connection'],
    ['a Galera node that is not in step', sqlError(1047), 'UNABLE', 'answered ER_1047'],
    ['a Galera node without the majority', outOfGalera(1047), 'CONNECTION', noMajority],
    ['a Galera node that it cannot open a connection to', outOfGalera(45_030), 'CONNECTION', noMajority],
    [
      'a pool that gets no connection of such a node',
      sqlError(45_028, { cause: outOfGalera(45_030) }),
      'CONNECTION',
      noMajority,
    ],
    ['an unknown command', sqlError(1047, { fatal: true }), 'CONNECTION', 'lost the connection'],
    ['an engine that failed at COMMIT', sqlError(1180), 'UNABLE', 'answered ER_1180'],
    [
      'a COMMIT that lost to another primary before it was certified',
      Object.assign(sqlError(1180), { sqlMessage: "Got error 149 - 'Lock deadlock; Retry transaction' during COMMIT" }),
      'GROUP_ROLLED_BACK',
      'answered ER_1180',
    ],
    [
      'a COMMIT that the disk had no room for',
      Object.assign(sqlError(1180), { sqlMessage: "Got error 28 - 'No space left on device' during COMMIT" }),
      'UNABLE',
      'answered ER_1180',
    ],
    ['a temporary file that cannot be written', sqlError(3), 'UNABLE', 'answered ER_3'],
    ['a fault that the driver has no word for', sqlError(1, { code: 'UNKNOWN' }), 'UNABLE', 'answered error 1'],
    ['a table that is not there', sqlError(1146), 'ABSENT', 'answered ER_1146'],
    ['a right that is missing', sqlError(1142), 'UNABLE', 'answered ER_1142'],
    ['rows that are cut short', sqlError(127), 'UNABLE', 'answered ER_127'],
    ['a temporary table that has no more room', sqlError(135), 'UNABLE', 'answered ER_135'],
    ['a crashed table, in the engine’s own number', sqlError(145), 'UNABLE', 'answered ER_145'],
    ['a full disk', sqlError(1021), 'UNABLE', 'answered ER_1021'],
    ['a full table', sqlError(1114), 'UNABLE', 'answered ER_1114'],
    ['a crashed table', sqlError(1194), 'UNABLE', 'answered ER_1194'],
    ['an index file that is cut short', sqlError(126), 'UNABLE', 'answered ER_126'],
    ['a file that is no table', sqlError(130), 'UNABLE', 'answered ER_130'],
    ['too many prepared statements', sqlError(1461), 'UNABLE', 'answered ER_1461'],
    ['characters of another set', sqlError(1366), 'VALUE', 'answered ER_1366'],
    ['texts that cannot be compared', sqlError(1267), 'VALUE', 'answered ER_1267'],
    ['a unique value that is taken', sqlError(1062, { code: 'ER_DUP_ENTRY' }), 'OTHER', 'answered ER_DUP_ENTRY'],
    [
      'a refused account',
      sqlError(1045, { code: 'ER_ACCESS_DENIED_ERROR', fatal: true }),
      'CONNECTION',
      'refused the account',
    ],
    [
      'a certificate of no trusted CA',
      Object.assign(new Error('self-signed'), { code: 'SELF_SIGNED_CERT_IN_CHAIN' }),
      'CONNECTION',
      'has a certificate that no trusted CA has signed (ssl-ca)',
    ],
    [
      'a certificate for another host',
      Object.assign(new Error('altnames'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }),
      'CONNECTION',
      'has a certificate for other hosts than the one in its address (VERIFY_IDENTITY)',
    ],
    [
      'a server without TLS',
      sqlError(45_023, { code: 'ER_SERVER_SSL_DISABLED', fatal: true }),
      'CONNECTION',
      'offers no TLS, and ssl-mode asks for it',
    ],
    [
      'a server that wants TLS',
      sqlError(3159, { code: 'ER_SECURE_TRANSPORT_REQUIRED', fatal: true }),
      'CONNECTION',
      'takes no connection without TLS (ssl-mode)',
    ],
    [
      'a protocol that is too old',
      Object.assign(new Error('write EPROTO'), { code: 'ERR_SSL_UNSUPPORTED_PROTOCOL' }),
      'CONNECTION',
      'and Node agree on no TLS (ERR_SSL_UNSUPPORTED_PROTOCOL)',
    ],
    [
      'a pool that trusts no server',
      sqlError(45_028, { cause: Object.assign(new Error('expired'), { code: 'CERT_HAS_EXPIRED' }) }),
      'CONNECTION',
      'lost the connection',
    ],
    ['a mistake in the code', new TypeError('x is not a function'), 'OTHER', 'answered TypeError'],
    ['something that is no error', 'text', 'OTHER', 'an unknown fault'],
  ] as const)('%s is %s', (_, error, fault, words) => {
    expect([faultOf(error), faultInWords(error)]).toEqual([fault, words]);
  });

  it('of an account may be for want of TLS: servers do not tell', () => {
    const refused = sqlError(1045, { code: 'ER_ACCESS_DENIED_ERROR', fatal: true });
    expect(faultInWords(refused, { inTheClear: true })).toBe(
      'refused the account, or a connection without TLS (ssl-mode)',
    );
  });

  it('of a group in the middle of a commit proves nothing: the other members may have committed it', () => {
    expect(certainRefusals.has('LEFT_GROUP')).toBe(false);
  });

  it('is put into words without what the error says', () => {
    expect(faultInWords(sqlError(1064, { code: 'ER_PARSE_ERROR' }))).not.toContain('secrets');
  });
});

describe('a read that was refused tells', () => {
  it.each<[string, unknown, 'the server' | 'perhaps the server' | 'nothing']>([
    ['prepared statements at their limit', sqlError(1461), 'the server'],
    ['a temporary file that cannot be created', sqlError(1), 'the server'],
    ['no file handles', sqlError(23), 'the server'],
    ['a crashed table', sqlError(1194), 'the server'],
    ['a table that could not be repaired', sqlError(1195), 'the server'],
    ['corrupt rows', sqlError(127), 'the server'],
    ['a crashed table, in the engine’s own number', sqlError(144), 'the server'],
    ['a missing tablespace', sqlError(1812), 'the server'],
    ['a full disk', sqlError(1021), 'perhaps the server'],
    ['a full disk, in the system’s own number', sqlError(28), 'perhaps the server'],
    ['a full temporary table', sqlError(1114), 'perhaps the server'],
    ['a corrupt index, as of a temporary table on a full disk', sqlError(126), 'perhaps the server'],
    ['no memory to sort', sqlError(1038), 'perhaps the server'],
    ['a missing right', sqlError(1142), 'perhaps the server'],
    ['a missing table', sqlError(1146), 'perhaps the server'],
    ['a statement that is too long', sqlError(1153), 'nothing'],
    ['a statement that is none', sqlError(1064), 'nothing'],
    ['a deadlock', sqlError(1213), 'nothing'],
    ['a lock that was waited for', sqlError(1205), 'nothing'],
    ['a statement that took too long', sqlError(1969), 'nothing'],
    ['a statement that took too long, on MySQL', sqlError(3024), 'nothing'],
    ['a statement that was ended', sqlError(1317), 'nothing'],
    ['too many connections', sqlError(1040), 'nothing'],
    ['a table that was changed', sqlError(1412), 'nothing'],
    ['a value that cannot be compared', sqlError(1267), 'nothing'],
    ['a lost connection', systemError('ECONNRESET'), 'nothing'],
    ['a mistake in the code', new TypeError('x'), 'nothing'],
  ])('of %s: %s', (_, error, blamed) => {
    const refusal = readRefusalOf(error);
    const found = refusal === null ? 'nothing' : refusal.mayBeStatement ? 'perhaps the server' : 'the server';
    expect(found).toBe(blamed);
  });

  it('its code, and the cure where there is one', () => {
    expect(readRefusalOf(sqlError(1461))).toMatchObject({
      code: 'ER_1461',
      cure: expect.stringContaining('SET GLOBAL'),
    });
    expect(readRefusalOf(sqlError(1030))?.cure).toBeNull();
  });
});
