import type { Config } from '../config/config.ts';
import { describeNodes } from '../local/describe-cluster.ts';
import { commandLine } from '../platform/command-line.ts';
import { whereabouts } from '../platform/redis-target.ts';

export type Running = { readonly config: Config; readonly url: string; readonly local: boolean };

/** What the user at the terminal needs to know once everything runs. */
export function banner({ config, url, local }: Running): string {
  const redis =
    config.redis.target === null ? [] : [`  ${'redis'.padEnd(12)} ${''.padEnd(8)} ${whereabouts(config.redis.target)}`];
  const { url: payments } = config.payments;
  const provider =
    local && payments !== null
      ? [`  ${'payments'.padEnd(12)} ${''.padEnd(8)} ${new URL(payments).host}  (a sandbox)`]
      : [];
  const wanted = config.http.port;
  const moved = wanted !== 0 && !url.endsWith(`:${wanted}`);
  return [
    '',
    `Tidemark is running. GraphQL and GraphiQL: ${url}/graphql`,
    ...(config.http.dashboard ? [`Orders page: ${url}/`] : []),
    ...(moved ? [`(Port ${wanted} is in use by another process.)`] : []),
    '',
    ...describeNodes(config.cluster.nodes),
    ...redis,
    ...provider,
    '',
    ...(local ? advice() : []),
    'Press Ctrl-C to stop.',
    '',
  ].join('\n');
}

function advice(): readonly string[] {
  const lines = [
    [commandLine('seed'), 'writes 20,000 sample orders'],
    [commandLine('local:reset'), 'deletes its data'],
  ] as const;
  const width = Math.max(...lines.map(([command]) => command.length));
  return [...lines.map(([command, what]) => `  ${command.padEnd(width)}  ${what}`), ''];
}
