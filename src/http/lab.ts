/**
 * Fault injection over HTTP, for the lab page. Only for clients on this machine:
 *
 *   the caller's address is loopback, and no proxy says that it forwards for someone else
 *   the Host header names this machine        a name rebound to 127.0.0.1 does not
 *   actions are JSON with a custom header, from a page of this very server
 *                                             a foreign page needs a preflight for either, which is never granted
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { TidemarkError } from '../errors.ts';
import { respondError, respondJson } from './respond.ts';

/** The fault injector; wired in `cli`. */
export interface ServedLab {
  readState(): Promise<readonly object[]>;
  /** With `forS`, the action is reverted after so many seconds, unless another action follows on the same server. */
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

/** `null` if there is none. */
export async function answerLab(
  lab: ServedLab | null,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const isNear = isFromThisMachine(request);
  // GET requests are told that there is no lab, as everywhere without one.
  if (request.method === 'GET')
    return respondJson(response, 200, { nodes: lab && isNear ? await lab.readState() : null });
  if (request.method !== 'POST') {
    response.setHeader('allow', 'GET, POST');
    return respondError(response, 405, 'METHOD_NOT_ALLOWED', 'Use GET or POST.');
  }
  if (lab === null) return respondError(response, 404, 'LAB_OFF', 'The lab only exists with the local cluster.');
  if (!isNear) return forbid(response, 'The lab only accepts requests from its own machine.');
  if (!isFromThisPage(request)) return forbid(response, 'The lab only accepts requests from its own page.');
  const asked = requestRules.safeParse(await readJson(request));
  if (!asked.success) return respondError(response, 400, 'BAD_REQUEST', z.prettifyError(asked.error));
  try {
    if ('undo' in asked.data) await lab.undoAll();
    else await lab.act(asked.data.node, asked.data.action, asked.data.forS);
    respondJson(response, 200, { nodes: await lab.readState() });
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

/** `undefined` if it is too long or not JSON. */
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
