import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendNodeResponse } from '@whatwg-node/server';
import { isJson } from './compressed-answer.ts';

/** Sends a complete answer and its headers in one write, which Yoga does not; streams and binary bodies are left to Yoga. */
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
