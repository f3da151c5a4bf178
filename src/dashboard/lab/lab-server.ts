import type { Failure } from '../graphql/failure.ts';
import { at } from '../shell/base-path.ts';
import type { LabAction, LabNode } from './lab-node.ts';

/** `nodes` is `null` if there is no lab. */
export type LabAnswer = { readonly nodes: readonly LabNode[] | null; readonly failure: Failure | null };

const path = at('/lab/nodes');
/** Starting a server takes seconds, reverting everything several times that. */
const patienceMs = 120_000;

export function readLab(): Promise<LabAnswer> {
  return ask({ method: 'GET' }, 10_000);
}

/** `forS`: the fault is reverted after so many seconds, even if this page is gone. */
export function actInLab(node: string, action: LabAction, forS?: number): Promise<LabAnswer> {
  return post({ node, action, ...(forS !== undefined && { forS }) });
}

export function undoAll(): Promise<LabAnswer> {
  return post({ undo: 'all' });
}

function post(body: object): Promise<LabAnswer> {
  const headers = { 'content-type': 'application/json', 'x-tidemark-lab': '1' };
  return ask({ method: 'POST', headers, body: JSON.stringify(body) }, patienceMs);
}

async function ask(request: RequestInit, timeoutMs: number): Promise<LabAnswer> {
  try {
    const response = await fetch(path, { ...request, signal: AbortSignal.timeout(timeoutMs) });
    const body = await response.json();
    if (response.ok) return { nodes: body.nodes, failure: null };
    const [error] = body.errors ?? [];
    return { nodes: null, failure: { code: error.extensions.code, message: error.message, retryable: true } };
  } catch {
    return { nodes: null, failure: { code: 'UNREACHABLE', message: 'The lab does not answer.', retryable: true } };
  }
}
