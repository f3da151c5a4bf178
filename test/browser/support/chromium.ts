import { execFile } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createBrotliDecompress } from 'node:zlib';
import { type Browser, chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const carried = join(createRequire(import.meta.url).resolve('@sparticuz/chromium'), '../../..');

/** What the package carries beside the browser: the libraries and the fonts that a bare machine lacks. */
const archives = ['al2023', 'fonts', 'swiftshader'];

/**
 * A browser that nothing else on the machine is needed for: it comes with the npm packages and is unpacked once, into the
 * project's own folder.
 */
export async function launchBrowser(): Promise<Browser> {
  const directory = await unpackedBrowser();
  const { PATH = '', HOME = '', TMPDIR } = process.env;
  return chromium.launch({
    executablePath: join(directory, 'chromium'),
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--font-render-hinting=none', '--no-zygote'],
    env: {
      PATH,
      HOME,
      ...(TMPDIR !== undefined && { TMPDIR }),
      LD_LIBRARY_PATH: join(directory, 'al2023', 'lib'),
      FONTCONFIG_FILE: join(directory, 'fonts.conf'),
    },
  });
}

async function unpackedBrowser(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(carried, 'package.json'), 'utf8'));
  const parent = join(root, '.tidemark', 'browser');
  const directory = join(parent, version);
  if (await exists(join(directory, 'chromium'))) return directory;
  await mkdir(parent, { recursive: true });
  const draft = await mkdtemp(join(parent, 'draft-'));
  try {
    await decompress('chromium.br', join(draft, 'chromium'));
    await chmod(join(draft, 'chromium'), 0o755);
    for (const name of archives) {
      const archive = join(draft, `${name}.tar`);
      await decompress(`${name}.tar.br`, archive);
      // The software renderer is looked for beside the browser.
      const target = name === 'swiftshader' ? draft : join(draft, name);
      await mkdir(target, { recursive: true });
      await promisify(execFile)('tar', ['-xf', archive, '-C', target]);
      await rm(archive);
    }
    await writeFile(join(draft, 'fonts.conf'), fontsIn(join(directory, 'fonts'), join(directory, 'fonts-cache')));
    await rename(draft, directory).catch(async (error) => {
      // Somebody else has unpacked it meanwhile.
      if (!(await exists(join(directory, 'chromium')))) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return directory;
}

/** The carried fonts only: pictures of the page look alike on every machine. */
function fontsIn(directory: string, cache: string): string {
  return `<?xml version="1.0"?><fontconfig><dir>${directory}</dir><cachedir>${cache}</cachedir></fontconfig>\n`;
}

function decompress(name: string, target: string): Promise<void> {
  return pipeline(
    createReadStream(join(carried, 'bin', name), { highWaterMark: 2 ** 20 }),
    createBrotliDecompress({ chunkSize: 2 ** 20 }),
    createWriteStream(target),
  );
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
