/** A copy of a running server's data over a connection, for installations without the program for it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Client, Connection as Protocol } from 'pg';
import type { LocalFollow } from '../../local-servers.ts';
import { onSource } from './source-connection.ts';

/** With the log that the copy needs to become consistent. Since version 15 the answer is one stream of messages. */
const command = "BASE_BACKUP (CHECKPOINT 'fast', WAL true, MANIFEST 'no')";

/** Fills an empty folder. Throws if the source does not answer, or the copy breaks off. */
export async function baseBackup(request: LocalFollow, folder: string): Promise<void> {
  const done = await onSource(request, (client) => receive(client, folder), { replication: true });
  if (done === null) throw new Error(`the source at ${request.source.host}:${request.source.port} does not answer`);
}

async function receive(client: Client, folder: string): Promise<true> {
  const tar = spawn('tar', ['-x', '-f', '-', '-C', folder], { stdio: ['pipe', 'ignore', 'pipe'] });
  let said = '';
  tar.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-1000);
  });
  const closed = once(tar, 'close');
  // Why it stopped reading is told by the way it ended.
  tar.stdin.on('error', () => undefined);
  try {
    await new Promise<void>((resolve, reject) => {
      closed.then(() => resolve(), reject);
      client.query(new Receiving(tar.stdin, (error) => (error === null ? resolve() : reject(error))));
      client.once('end', () => reject(new Error('the connection to the source was lost')));
    });
  } finally {
    tar.stdin.end();
  }
  const [code] = await closed;
  if (code !== 0) throw new Error(`tar could not unpack the copy (${code}): ${said.trim()}`);
  return true;
}

/** `n`: another archive begins. `d`: the next part of it. All else is progress. */
class Receiving {
  readonly #archive: NodeJS.WritableStream;
  readonly #done: (error: Error | null) => void;
  #archives = 0;
  #isPaused = false;

  constructor(archive: NodeJS.WritableStream, done: (error: Error | null) => void) {
    this.#archive = archive;
    this.#done = done;
  }

  submit(protocol: Protocol): void {
    protocol.query(command);
  }

  handleCopyData({ chunk }: { chunk: Buffer }, protocol: Protocol): void {
    const kind = String.fromCharCode(chunk[0] ?? 0);
    if (kind === 'n') this.#archives += 1;
    // Tablespaces come as further archives. The local cluster makes none.
    if (kind !== 'd' || this.#archives > 1) return;
    // A copy: the parser reuses its memory.
    if (this.#archive.write(Buffer.from(chunk.subarray(1)))) return;
    // Messages that have been received already still arrive here.
    if (this.#isPaused) return;
    this.#isPaused = true;
    protocol.stream.pause();
    this.#archive.once('drain', () => {
      this.#isPaused = false;
      protocol.stream.resume();
    });
  }

  handleError(error: Error): void {
    this.#done(error);
  }

  handleReadyForQuery(): void {
    this.#done(null);
  }

  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleCommandComplete(): void {}
  handleCopyInResponse(): void {}
  handlePortalSuspended(): void {}
  handleEmptyQuery(): void {}
}
