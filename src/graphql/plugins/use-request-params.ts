import type { IncomingMessage } from 'node:http';
import { GraphQLError } from 'graphql';
import type { GraphQLParams, Plugin } from 'graphql-yoga';
import type { UsedUp } from '../../platform/shares.ts';
import type { Caller } from '../caller.ts';
import type { ErrorCode } from '../error-codes.ts';
import { variablesFault } from '../limits/variables-bound.ts';
import { refusedFor } from '../refusals.ts';

type Parsed = GraphQLParams | GraphQLParams[] | Response;
type RequestParser = (request: Request) => Parsed | Promise<Parsed>;
type NodeContext = { req?: IncomingMessage; caller?: Caller };

/**
 * Reads the request. POST bodies: JSON only, and never more than `maxBytes`, whatever Content-Length says. Variables: bounded.
 * Forms and plain text are refused, because a foreign page can send them with the visitor's cookie and without a preflight.
 */
export function useRequestParams(maxBytes: number): Plugin<object, NodeContext> {
  return {
    onRequestParse({ request, serverContext, requestParser, setRequestParser }) {
      const { req, caller } = serverContext;
      // A client that accepts no form of answer gets no work done.
      if (!isReadable(request.headers.get('accept'))) {
        throw refusal(406, 'NOT_ACCEPTABLE', whatIsAnswered);
      }
      if (request.method === 'GET' && requestParser !== undefined) {
        begin(caller);
        setRequestParser(refusingBadJson(requestParser));
      }
      if (request.method !== 'POST') return;
      const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
      if (type !== 'application/json') throw refusal(415, 'UNSUPPORTED_MEDIA_TYPE', 'Send application/json.');
      const encoding = request.headers.get('content-encoding') ?? 'identity';
      if (encoding !== 'identity')
        throw refusal(415, 'UNSUPPORTED_MEDIA_TYPE', 'Send the body without content-encoding.');
      if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes);
      setRequestParser(async () => {
        const text = await (req === undefined ? readRequestText(request, maxBytes) : readInTurn(req, maxBytes, caller));
        begin(caller);
        return withinBounds(parseParams(text));
      });
    },
  };
}

const answered = ['application/graphql-response+json', 'application/json', 'text/event-stream', 'multipart/mixed'];
export const whatIsAnswered = `Accept one of ${answered.join(', ')}.`;
const accepted: ReadonlySet<string> = new Set([...answered, '*/*', 'application/*', 'text/*', 'multipart/*']);

const isReadable = (accept: string | null): boolean =>
  !accept || accept.split(',').some((range) => accepted.has((range.split(';', 1)[0] ?? '').trim().toLowerCase()));

/** `variables` and `extensions` of a GET are JSON inside the URL. */
function refusingBadJson(parse: RequestParser): RequestParser {
  return async (request) => {
    try {
      return withinBounds(await parse(request));
    } catch (error) {
      throw error instanceof SyntaxError ? refusal(400, 'BAD_REQUEST', 'A parameter is not valid JSON.') : error;
    }
  };
}

/** Yoga refuses lists of operations. */
function withinBounds<Params extends Parsed>(params: Params): Params {
  const fault = 'variables' in params ? variablesFault(params.variables) : null;
  if (fault !== null) throw refusal(400, 'BAD_REQUEST', fault);
  return params;
}

/** A request counts as being answered once it is complete. */
function begin(caller: Caller | undefined): void {
  const usedUp = caller?.admission.begin() ?? null;
  if (usedUp !== null) throw refusedFor(usedUp, 'requests');
}

async function readRequestText(request: Request, maxBytes: number): Promise<string> {
  const text = await request.text();
  if (Buffer.byteLength(text) > maxBytes) throw tooLarge(maxBytes);
  return text;
}

/** Most bodies arrive with their headers. The others are waited for, a bounded number of them. */
async function readInTurn(source: IncomingMessage, maxBytes: number, caller: Caller | undefined): Promise<string> {
  if (source.complete || caller === undefined) return readText(source, maxBytes);
  let giveUp: (usedUp: UsedUp) => void = () => undefined;
  const givenUp = new Promise<never>((_, reject) => {
    giveUp = (usedUp) => reject(refusedFor(usedUp, 'bodies'));
  });
  const waiting = caller.admission.awaitBody(giveUp);
  if ('usedUp' in waiting) throw refusedFor(waiting.usedUp, 'bodies');
  try {
    return await Promise.race([readText(source, maxBytes), givenUp]);
  } finally {
    waiting.arrived();
  }
}

async function readText(source: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  await new Promise<void>((resolve, reject) => {
    source.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) chunks.push(chunk);
      else reject(tooLarge(maxBytes));
    });
    source.once('end', resolve);
    source.once('close', () => {
      // `close` also follows a complete body: creating an error then would cost more than reading it did.
      if (!source.readableEnded) reject(refusal(400, 'BAD_REQUEST', 'The body ended early.'));
    });
    source.once('error', () => reject(refusal(400, 'BAD_REQUEST', 'The body could not be read.')));
  });
  return Buffer.concat(chunks, bytes).toString('utf8');
}

function parseParams(text: string): GraphQLParams | GraphQLParams[] {
  let params: unknown;
  try {
    params = JSON.parse(text);
  } catch {
    throw refusal(400, 'BAD_REQUEST', 'The body is not valid JSON.');
  }
  if (typeof params !== 'object' || params === null) {
    throw refusal(400, 'BAD_REQUEST', 'The body must be a JSON object.');
  }
  return params;
}

function tooLarge(maxBytes: number): GraphQLError {
  return refusal(413, 'REQUEST_TOO_LARGE', `The body is larger than ${maxBytes} bytes.`);
}

function refusal(status: number, code: ErrorCode, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status } } });
}
