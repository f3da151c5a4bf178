import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, chown, cp, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { exists } from '../../platform/existing-path.ts';
import type { SystemUser } from '../../platform/run-command.ts';
import type { InitialiseRequest } from '../../servers/local-servers.ts';
import { belongsToAnotherUser } from '../local-errors.ts';
import { localServers } from '../programs/known-programs.ts';
import type { ServerBinary } from '../programs/server-binaries.ts';
import type { ServerFlavour } from '../server-flavour.ts';

/*
 * Initialising a data directory takes seconds, so it is done once per server version and recipe. The result is
 * kept as a template beside the binaries, and copied. Template and copy are built under another name and renamed when
 * they are complete: an interrupted start leaves a folder that is never mistaken for data.
 */

export type TemplateRequest = Omit<InitialiseRequest, 'dataDirectory' | 'binary'> & {
  binary: ServerBinary;
  flavour: ServerFlavour;
  /** Folder of unpacked servers. */
  directory: string;
};

/** The templates of a cluster's servers. They are the same one if any number of clusters can begin with it. */
export type Templates = { readonly cluster: string; readonly backup: string };

/** Those of a cluster of its own. */
export const templatesIn = (data: string): Templates => ({
  cluster: join(data, 'beginning'),
  backup: join(data, 'beginning-of-backup'),
});

/** `data`: the folder of the cluster's data. */
export async function prepareTemplates(
  request: TemplateRequest & { data: string; backup: boolean },
): Promise<Templates> {
  const { data, backup, ...rest } = request;
  if (localServers(request.flavour).replicasBeginWith === 'NOTHING') {
    const template = await prepareTemplate(rest);
    return { cluster: template, backup: template };
  }
  const templates = templatesIn(data);
  const wanted = backup ? [templates.cluster, templates.backup] : [templates.cluster];
  await Promise.all(wanted.map((template) => fillTemplate(template, rest)));
  return templates;
}

/** The template's folder; created if there is none yet. */
async function prepareTemplate({ directory, ...request }: TemplateRequest): Promise<string> {
  const { binary, flavour } = request;
  const { recipe } = localServers(flavour);
  // It also depends on the program: what one may not use, or could not create, another may.
  const program = binary.unpackedUsr === null ? binary.command.path : 'unpacked';
  const digest = createHash('sha256')
    .update([...recipe, program].join(' '))
    .digest('hex');
  const template = join(directory, 'templates', `${flavour}-${binary.version}-${digest.slice(0, 8)}`);
  await fillTemplate(template, { ...request, directory });
  return template;
}

async function fillTemplate(template: string, { flavour, ...request }: TemplateRequest): Promise<void> {
  const { initialise, identityFiles } = localServers(flavour);
  await buildWhole(
    template,
    async (draft) => {
      await initialise({ ...request, dataDirectory: draft });
      for (const file of identityFiles) await rm(join(draft, file), { force: true });
    },
    request.binary.command.user,
  );
}

/** Creates a node's data directory from the template, unless it has one. */
export async function prepareDataDirectory(dataDirectory: string, template: string): Promise<void> {
  await buildWhole(dataDirectory, async (draft) => {
    await cp(template, draft, { recursive: true, mode: constants.COPYFILE_FICLONE, preserveTimestamps: true });
    await chmod(draft, 0o700);
  });
  await refuseForeignFiles(dataDirectory);
}

/** A server that finds files of another user only reports that it cannot open some log. */
async function refuseForeignFiles(dataDirectory: string): Promise<void> {
  const user = process.getuid?.() ?? 0;
  if (user === 0) return;
  for (const name of await readdir(dataDirectory)) {
    const path = join(dataDirectory, name);
    if ((await stat(path)).uid !== user) throw belongsToAnotherUser(path);
  }
}

/** `user`: who builds it, if that is not our own user. */
async function buildWhole(
  target: string,
  build: (draft: string) => Promise<void>,
  user?: SystemUser | undefined,
): Promise<void> {
  if (await exists(target)) return;
  await mkdir(dirname(target), { recursive: true });
  const work = await mkdtemp(join(dirname(target), `.${basename(target)}-`));
  try {
    const draft = join(work, 'draft');
    await mkdir(draft, { mode: 0o700 });
    if (user !== undefined) for (const folder of [work, draft]) await chown(folder, user.uid, user.gid);
    await build(draft);
    await rename(draft, target).catch(async (error: unknown) => {
      if (!(await exists(target))) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
