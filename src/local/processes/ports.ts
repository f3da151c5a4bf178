import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the range that operating systems use for outgoing connections, so that none of those takes our port. */
const lowestPort = 20_000;
const portsAbove = 12_000;
const attempts = 200;

export type PortChoice = {
  /** The port of the last start, if there was one. */
  remembered: number | undefined;
  /** Ports that this start has already assigned. */
  taken: ReadonlySet<number>;
  isFree: (port: number) => Promise<boolean>;
  /** A whole number from 0 to below `limit`. */
  random?: (limit: number) => number;
};

/** The remembered port if it is free, otherwise a random free one. */
export async function pickPort({ remembered, taken, isFree, random = randomInt }: PortChoice): Promise<number> {
  if (remembered !== undefined && !taken.has(remembered) && (await isFree(remembered))) return remembered;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const port = lowestPort + random(portsAbove);
    if (!taken.has(port) && (await isFree(port))) return port;
  }
  throw new Error(`no free port between ${lowestPort} and ${lowestPort + portsAbove} after ${attempts} tries`);
}

/** Whether a server could listen on this port of this machine now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
