import type { Connection } from '../../servers/connection.ts';

export type SqlConnection = Pick<Connection, 'query'>;
/** Runs work on one connection of the server that is the source by now. */
export type OnSource = <T>(work: (connection: SqlConnection) => Promise<T>) => Promise<T>;
