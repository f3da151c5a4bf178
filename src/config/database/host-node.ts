import { driverAt, driverOnPort, schemeOf } from '../../servers/known-flavours.ts';
import type { Server } from '../../servers/server-address.ts';
import type { ConfigFault } from '../config-fault.ts';
import type { NodeConfig, NodesRead } from './node-config.ts';

/** The variables of one server that is named by its host. */
export type HostWords = {
  readonly host: string | undefined;
  readonly port: string | undefined;
  readonly database: string | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly tls: Server['tls'];
};

export const defaultPort = String(driverAt({}).defaultPort);

/** `names`: the variables that faults refer to. */
export function makeNode(
  words: HostWords,
  node: Pick<NodeConfig, 'name' | 'role' | 'priority'>,
  names: { readonly host: string; readonly port: string; readonly database: string; readonly user: string },
): NodesRead {
  const faults: ConfigFault[] = [];
  const { host, database, user, tls } = words;
  if (host === undefined) faults.push({ name: names.host, fault: 'is missing' });
  else if (!/^[\w.:-]+$/.test(host)) faults.push({ name: names.host, fault: 'is not a host name or address' });
  if (database === undefined) faults.push({ name: names.database, fault: 'is missing' });
  if (user === undefined) faults.push({ name: names.user, fault: 'is missing' });
  const port = Number(words.port ?? defaultPort);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    faults.push({ name: names.port, fault: 'is not a port from 1 to 65535' });
  }
  if (host === undefined || database === undefined || user === undefined || faults.length > 0) {
    return { nodes: [], faults };
  }
  return {
    nodes: [
      {
        ...node,
        ...schemeOf(driverOnPort(port)),
        host,
        port,
        user,
        password: words.password ?? '',
        database,
        tls,
        weight: 1,
      },
    ],
    faults,
  };
}
