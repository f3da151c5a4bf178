import { CommandFailedError } from '../../platform/run-command.ts';
import { ServerStartError } from '../local-errors.ts';
import { type FindOptions, findServer, findUnpackedServer, type ServerBinary } from '../programs/server-binaries.ts';
import type { ServerFlavour } from '../server-flavour.ts';
import { prepareTemplate } from './data-directory.ts';

export type UsableServer = { readonly server: ServerBinary; readonly template: string };

/**
 * A server program together with an empty data directory that it created. A server on the PATH that may not create one in
 * our folder (some distributions confine theirs to the system's) is skipped in favour of our own packages.
 */
export async function findUsableServer(
  flavour: ServerFlavour,
  options: FindOptions & { asRoot: boolean },
): Promise<UsableServer> {
  const make = async (server: ServerBinary): Promise<UsableServer> => {
    const template = await prepareTemplate({ ...options, binary: server, flavour });
    return { server, template };
  };
  const found = await findServer(flavour, options);
  try {
    return await make(found);
  } catch (error) {
    if (!(error instanceof CommandFailedError)) throw error;
    const why = `${found.command.path} cannot make a data directory (${error.message})`;
    if (found.unpackedUsr !== null) throw new ServerStartError(why, { cause: error });
    options.log(`${why}: trying another one`);
    return make(await findUnpackedServer(flavour, options));
  }
}
