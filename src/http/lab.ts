/**
 * Breaking servers on purpose, over HTTP, for the page of the lab. Only for people at this machine:
 *
 *   the caller's address is a loopback address, and no proxy says that it speaks for somebody else
 *   the Host header names this machine        a name that was bent to 127.0.0.1 does not do
 *   what changes something comes as JSON with a header of its own, from a page of this very server
 *                                             a foreign page can send neither without asking first, and nobody answers yes
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { TidemarkError } from '../errors.ts';
import { respondError, respondJson } from './respond.ts';

/** What breaks the servers; `cli` joins the two. */
export interface ServedLab {
  look(): Promise<readonly object[]>;
  /** With `forS`, what it does is undone by itself after so many seconds, unless something else is done to the server first. */
  act(node: string, action: LabAction, forS?: number): Promise<void>;
  undoAll(): Promise<void>;
}

const actionRules = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('delay'), seconds: z.int().min(0).max(60) }),
  z.strictObject({ name: z.enum(['stop-applier', 'start-applier', 'kill', 'start', 'hang', 'resume']) }),
]);
const requestRules = z.union([
  z.strictObject({ node: z.string().max(64), action: actionRules, forS: z.int().min(1).max(600).optional() }),
  z.strictObject({ undo: z.literal('all') }),
]);
type LabAction = z.output<typeof actionRules>;

const maxBytes = 1024;

/** `null` when there is none. */
export async function answerLab(
  lab: ServedLab | null,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const isNear = isFromThisMachine(request);
  // Whoever only looks is told that there is no lab, as everywhere where there is none.
  if (request.method === 'GET') return respondJson(response, 200, { nodes: lab && isNear ? await lab.look() : null });
  if (request.method !== 'POST') {
    response.setHeader('allow', 'GET, POST');
    return respondError(response, 405, 'METHOD_NOT_ALLOWED', 'Only GET and POST are answered here.');
  }
  if (lab === null) return respondError(response, 404, 'LAB_OFF', 'There is no lab: it comes with the local cluster.');
  if (!isNear) return forbid(response, 'The lab takes orders only from people at its own machine.');
  if (!isFromThisPage(request)) return forbid(response, 'The lab takes orders only from its own page.');
  const asked = requestRules.safeParse(await readJson(request));
  if (!asked.success) return respondError(response, 400, 'BAD_REQUEST', z.prettifyError(asked.error));
  try {
    if ('undo' in asked.data) await lab.undoAll();
    else await lab.act(asked.data.node, asked.data.action, asked.data.forS);
    respondJson(response, 200, { nodes: await lab.look() });
  } catch (error) {
    if (!(error instanceof TidemarkError)) throw error;
    respondError(response, error.code === 'LOCAL_NODE_UNKNOWN' ? 404 : 409, error.code, error.message);
  }
}

function isFromThisMachine({ socket, headers }: IncomingMessage): boolean {
  const speaksForOthers = headers.forwarded ?? headers['x-forwarded-for'] ?? headers['x-real-ip'];
  const host = String(headers.host ?? '').replace(/:\d+$/, '');
  return (
    speaksForOthers === undefined &&
    /^(::ffff:)?127\.|^::1$/.test(socket.remoteAddress ?? '') &&
    (host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host))
  );
}

function isFromThisPage({ headers }: IncomingMessage): boolean {
  const { origin, host } = headers;
  return (
    headers['x-tidemark-lab'] === '1' &&
    /^application\/json\b/i.test(headers['content-type'] ?? '') &&
    (origin === undefined || origin === `http://${host}`)
  );
}

/** `undefined` when it is too long, or no JSON. */
async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
  }
  if (bytes > maxBytes) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}

function forbid(response: ServerResponse, message: string): void {
  respondError(response, 403, 'LAB_FORBIDDEN', message);
}
