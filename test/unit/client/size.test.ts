import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

/** As an application's bundler would take it in: minified, for browsers. */
async function bundled(code: string) {
  const result = await build({
    stdin: { contents: code, resolveDir: process.cwd(), loader: 'ts' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
    metafile: true,
  });
  const text = result.outputFiles[0]?.text ?? '';
  const inputs = Object.keys(result.metafile.inputs).filter((path) => path !== '<stdin>');
  return { gzippedBytes: gzipSync(text, { level: 9 }).length, inputs, text };
}

const carriers = [
  ['fetch', "export { TokenStore, tokenFetch } from './src/client/client.ts'"],
  ['everything but the other carriers', "export * from './src/client/client.ts'"],
  ['urql', "export { TokenStore } from './src/client/client.ts'; export * from './src/client/urql.ts'"],
] as const;

describe('the client in a bundle', () => {
  it.each(carriers)('has less than 3 kB for %s, gzipped', async (_, code) => {
    const { gzippedBytes } = await bundled(code);
    expect(gzippedBytes).toBeGreaterThan(500);
    expect(gzippedBytes).toBeLessThanOrEqual(3000);
  });

  it.each(carriers)('brings no other package along for %s', async (_, code) => {
    const { inputs } = await bundled(code);
    expect(inputs.filter((path) => !path.startsWith('src/client/'))).toEqual([]);
  });

  it('leaves out what is not used', async () => {
    const { text } = await bundled("export { TokenStore, tokenFetch } from './src/client/client.ts'");
    expect(text).not.toMatch(/BroadcastChannel|randomUUID|graphQLErrors/);
  });
});
