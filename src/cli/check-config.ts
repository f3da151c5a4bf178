import { type Config, describeConfig } from '../config/config.ts';
import type { ConfigRead } from '../config/read-config.ts';
import { commandLine } from '../platform/command-line.ts';

/** The configuration as text, one line per section, without secrets. */
export function printableConfig(config: Config): string {
  const { cluster, ...sections } = describeConfig(config);
  const { nodes, ...common } = cluster;
  const lines = Object.entries(sections).map(([name, section]) => line(name, section));
  const servers = nodes.map((node) => line(node.name, node));
  return ['Configuration', ...lines, line('cluster', common), ...servers, ''].join('\n');
}

/** What `--check-config` prints if nothing is wrong. */
export function printableRead(read: ConfigRead): string {
  if (read.mode === 'local')
    return `No database variable is set: \`${commandLine('start')}\` starts a local cluster in ${read.directory}.\n`;
  return [printableConfig(read.config), ...read.warnings.map((warning) => `Warning: ${warning}\n`)].join('');
}

function line(name: string, section: unknown): string {
  const facts = isGroup(section) ? factsOf(section) : [show(section)];
  return `  ${name.padEnd(14)} ${facts.join(' ')}`;
}

function factsOf(section: object): string[] {
  return Object.entries(section).flatMap(([key, value]) =>
    isGroup(value) ? factsOf(value).map((fact) => `${key}.${fact}`) : [`${key}=${show(value)}`],
  );
}

function isGroup(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.map(show).join(',');
  return value === null ? '-' : String(value);
}
