import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export class NodeUnavailableError extends Error {}

/** The npm package with the program for one kind of machine: what the package `node` installs there. */
export function nodePackage(platform: string, architecture: string): string {
  const prefix = platform === 'darwin' && architecture === 'arm64' ? 'node-bin' : 'node';
  return `${prefix}-${platform}-${architecture}`;
}

/** The folder that holds the program, and what it calls itself: `v24.1.0`. */
export type FetchedNode = { readonly programs: string; readonly version: string };

/** The newest Node of a line such as 24, fetched unless one of it is there. Throws `NodeUnavailableError`. */
export async function fetchNode(line: string, folder: string, log: (text: string) => void): Promise<FetchedNode> {
  const name = nodePackage(process.platform, process.arch);
  const spec = `${name}@${line}`;
  const target = join(folder, line);
  const programs = join(target, 'node_modules', name, 'bin');
  const present = await versionIn(programs).catch(() => null);
  if (present === null) {
    log(`Fetching ${spec} from the npm registry`);
    await mkdir(folder, { recursive: true });
    // Whole or not at all: another run may be looking.
    const draft = await mkdtemp(join(folder, '.draft-'));
    try {
      await install(spec, draft);
      await rm(target, { recursive: true, force: true });
      await rename(draft, target);
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }
  const version = present ?? (await versionIn(programs).catch(failed(`${spec} does not run here`)));
  if (!version.startsWith(`v${line}.`)) {
    throw new NodeUnavailableError(`${programs} holds Node ${version}. Delete ${target} and try again.`);
  }
  return { programs, version };
}

async function install(spec: string, folder: string): Promise<void> {
  const words = ['install', '--prefix', folder, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', spec];
  await promisify(execFile)('npm', words).catch(failed(`npm did not bring ${spec}`));
}

async function versionIn(programs: string): Promise<string> {
  return (await promisify(execFile)(join(programs, 'node'), ['--version'])).stdout.trim();
}

function failed(what: string): (error: unknown) => never {
  return (error) => {
    const { stderr = '' } = error as { stderr?: string };
    throw new NodeUnavailableError(`${what}.\n${stderr.trim() || error}`);
  };
}
