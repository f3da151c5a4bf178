import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendNodeResponse } from '@whatwg-node/server';
import { isJson } from './compressed-answer.ts';

/** Sends a whole answer with its head in one piece, which Yoga's own way does not; what goes on, or is no text, goes that way. */
export async function sendAnswer(answer: Response, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { headers } = answer;
  if (!isJson(headers.get('content-type')) || headers.has('content-encoding')) {
    await sendNodeResponse(answer, response, request, true);
    return;
  }
  const text = await answer.text();
  if (response.destroyed || response.writableEnded) return;
  const sent: string[] = [];
  headers.forEach((value, name) => {
    if (name !== 'set-cookie') sent.push(name, value);
  });
  for (const cookie of headers.getSetCookie()) sent.push('set-cookie', cookie);
  response.writeHead(answer.status, answer.statusText, sent);
  response.end(text);
}
