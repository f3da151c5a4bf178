import { CommandFailedError } from '../../platform/run-command.ts';
import { ServerStartError } from '../local-errors.ts';
import { localServers } from '../programs/known-programs.ts';
import { type FindOptions, findServer, findUnpackedServer, type ServerBinary } from '../programs/server-binaries.ts';
import type { ServerFlavour } from '../server-flavour.ts';
import { prepareTemplates, type TemplateRequest, type Templates, templatesIn } from './data-directory.ts';
import { findRunAs } from './unprivileged.ts';

export type UsableServer = { readonly server: ServerBinary; readonly templates: Templates };

export type UseOptions = FindOptions &
  Pick<TemplateRequest, 'asRoot' | 'accounts'> & {
    /** The folder of the cluster's data. */
    data: string;
    backup: boolean;
  };

/**
 * A server program together with an empty data directory that it created. A server on the PATH that may not create one in
 * our folder (some distributions confine theirs to the system's) is skipped in favour of our own packages.
 */
export async function findUsableServer(flavour: ServerFlavour, options: UseOptions): Promise<UsableServer> {
  const make = async (found: ServerBinary): Promise<UsableServer> => {
    const server = await unprivileged(found, flavour, options);
    const templates = await prepareTemplates({ ...options, binary: server, flavour });
    return { server, templates };
  };
  const series = await seriesOfData(flavour, options);
  const found = await findServer(flavour, { ...options, series });
  try {
    return await make(found);
  } catch (error) {
    if (!(error instanceof CommandFailedError)) throw error;
    const why = `${found.command.path} cannot make a data directory (${error.message})`;
    if (found.unpackedUsr !== null) throw new ServerStartError(why, { cause: error });
    options.log(`${why}: trying another one`);
    return make(await findUnpackedServer(flavour, { ...options, series }));
  }
}

async function seriesOfData(flavour: ServerFlavour, { data }: UseOptions): Promise<string | null> {
  const { program } = localServers(flavour);
  return (await program.seriesOf?.(templatesIn(data).cluster)) ?? null;
}

/** The program, run so that it need not refuse. */
async function unprivileged(
  server: ServerBinary,
  flavour: ServerFlavour,
  { asRoot, data }: UseOptions,
): Promise<ServerBinary> {
  if (!asRoot || !localServers(flavour).refusesRoot) return server;
  return { ...server, command: { ...server.command, ...(await findRunAs([data, server.command.path])) } };
}
