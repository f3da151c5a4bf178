import type { Duplex } from 'node:stream';
import type { RefusalReason, Refusals } from './refusals.ts';

const answers: Readonly<Record<string, readonly [status: string, reason: RefusalReason]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'headers_too_large'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'timeout'],
};

/** What is not even HTTP gets a status line and no more. */
export function refuseMalformed(
  error: NodeJS.ErrnoException,
  socket: Duplex & { remoteAddress?: string },
  refusals: Refusals,
): void {
  if (error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [status, reason] = answers[error.code ?? ''] ?? ['400 Bad Request', 'malformed'];
  refusals.count(reason, { client: socket.remoteAddress });
  if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  else socket.destroy();
}
