import type { ServerResponse } from 'node:http';
import type { Metrics } from '../platform/metrics.ts';

/** The content of `/metrics`. */
export type ServedMetrics = Metrics & { readonly contentType: string; text(): Promise<string> };

export async function sendMetrics(response: ServerResponse, metrics: ServedMetrics): Promise<void> {
  const text = await metrics.text();
  response.writeHead(200, {
    'content-type': metrics.contentType,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  });
  response.end(text);
}
