/** What is derived from the list of the kinds of servers. */
import { PositionCodec } from '../consistency/position-codec.ts';
import type { Driver } from './driver.ts';
import type { Flavour } from './flavour.ts';
import { flavours } from './flavours.ts';

const all: readonly Flavour[] = Object.values(flavours);

export const drivers: readonly Driver[] = [...new Set(all.map(({ driver }) => driver))];

/** Reads and writes the positions of all kinds. */
export const positions = new PositionCodec(all.map((flavour) => flavour.positions));

/** How the URLs of a driver's servers begin, as addresses have it: those of the first driver need not say it. */
export function schemeOf(driver: Driver): { readonly scheme?: string } {
  return driver === drivers[0] ? {} : { scheme: driver.schemes[0] };
}

/** The kind of the server behind an open connection. */
export function flavourOf(connection: object): Flavour {
  for (const flavour of all) if (flavour.isBehind(connection)) return flavour;
  throw new Error('is a server of an unknown kind');
}

/** The driver for the scheme of a URL; without one, the driver of the first kind. */
export function driverAt({ scheme }: { readonly scheme?: string | undefined }): Driver {
  const [first] = drivers;
  const driver = scheme === undefined ? first : drivers.find(({ schemes }) => schemes.includes(scheme));
  if (driver === undefined) throw new Error(`No kind of server has URLs that begin with ${scheme ?? 'anything'}`);
  return driver;
}

/** The driver of the servers that usually listen on this port; for any other port, the driver of the first kind. */
export function driverOnPort(port: number): Driver {
  return drivers.find(({ defaultPort }) => defaultPort === port) ?? driverAt({});
}
