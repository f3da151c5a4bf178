import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { isPortFree, pickPort } from '../../../src/local/processes/ports.ts';

const allFree = async () => true;

describe('picking a port', () => {
  it('keeps the port of the last start while it is free', async () => {
    expect(await pickPort({ remembered: 23_456, taken: new Set(), isFree: allFree })).toBe(23_456);
  });

  it('takes another one when the remembered one is busy', async () => {
    const isFree = async (port: number) => port !== 23_456;
    expect(await pickPort({ remembered: 23_456, taken: new Set(), isFree, random: () => 7 })).toBe(20_007);
  });

  it('never gives one port to two servers of a start', async () => {
    const numbers = [3, 3, 3, 4];
    const random = () => numbers.shift() ?? 0;
    expect(await pickPort({ remembered: 20_003, taken: new Set([20_003]), isFree: allFree, random })).toBe(20_004);
  });

  it('gives up when no port is free', async () => {
    const attempt = pickPort({ remembered: undefined, taken: new Set(), isFree: async () => false });
    await expect(attempt).rejects.toThrow('no free port');
  });

  it('sees that a port is busy, and that it is free again', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    expect(await isPortFree(port)).toBe(false);
    await new Promise((resolve) => server.close(resolve));
    expect(await isPortFree(port)).toBe(true);
  });
});
