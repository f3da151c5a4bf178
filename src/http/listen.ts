import type { AddressInfo, Server } from 'node:net';
import { TidemarkError } from '../errors.ts';

/** The requested port is not available. */
export class PortUnavailableError extends TidemarkError {
  readonly code = 'PORT_UNAVAILABLE';
  readonly retryable = false;

  constructor(setting: string, host: string, port: number, cause: NodeJS.ErrnoException) {
    const why = cause.code === 'EADDRINUSE' ? 'is in use by another process' : `cannot be opened (${cause.code})`;
    super(`${setting}: ${port} on ${host} ${why}`, { cause, facts: { host, port } });
  }
}

const attempts = 100;

/** `setting` is the variable that names the port. */
export type Listening = { readonly orNext: boolean; readonly setting: string };

/** Opens the port, or with `orNext` the next free one above it. Resolves to the port. Throws `PortUnavailableError`. */
export async function listen(
  server: Server,
  host: string,
  port: number,
  { orNext, setting }: Listening,
): Promise<number> {
  for (let candidate = port; ; candidate += 1) {
    try {
      return await listenOnce(server, host, candidate);
    } catch (error) {
      const cause = error as NodeJS.ErrnoException;
      const mayGoOn = orNext && cause.code === 'EADDRINUSE' && candidate - port < attempts && candidate < 65_535;
      if (!mayGoOn) throw new PortUnavailableError(setting, host, candidate, cause);
    }
  }
}

function listenOnce(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error) => {
      server.removeListener('listening', onListening);
      reject(error);
    };
    const onListening = () => {
      server.removeListener('error', onError);
      resolve((server.address() as AddressInfo).port);
    };
    server.once('error', onError);
    server.once('listening', onListening);
    server.listen({ host, port });
  });
}
