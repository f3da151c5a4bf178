import type { Connection } from '../../servers/connection.ts';
import type { Flavour } from '../../servers/flavour.ts';

export type SqlConnection = Pick<Connection, 'query'>;
/** `flavour`: of the server at the other end, which a connection that is wrapped does not tell. */
export type WorkOnServer<T> = (connection: SqlConnection, flavour: Flavour) => Promise<T>;
/** Runs work on one connection of the server that is the source by now. */
export type OnSource = <T>(work: WorkOnServer<T>) => Promise<T>;
