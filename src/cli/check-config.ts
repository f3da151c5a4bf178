import { type Config, type ConfigRead, describeConfig } from '../config.ts';

/** The configuration as text, one line a section, without secrets. */
export function printableConfig(config: Config): string {
  const { cluster, ...sections } = describeConfig(config);
  const nodes = cluster.nodes.map((node) => line(node.name, node));
  const lines = Object.entries(sections).map(([name, section]) => line(name, section));
  return ['Configuration', ...lines, line('cluster', { id: cluster.id }), ...nodes, ''].join('\n');
}

/** What `--check-config` prints when nothing is wrong. */
export function printableRead(read: ConfigRead): string {
  if (read.mode === 'local') return `No database variable is set: a local cluster is started in ${read.directory}.\n`;
  return [printableConfig(read.config), ...read.warnings.map((warning) => `Warning: ${warning}\n`)].join('');
}

function line(name: string, section: unknown): string {
  const isObject = typeof section === 'object' && section !== null;
  const facts = isObject ? Object.entries(section).map(([key, value]) => `${key}=${show(value)}`) : [show(section)];
  return `  ${name.padEnd(13)} ${facts.join(' ')}`;
}

function show(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.map(show).join(',');
  return value === null ? '-' : String(value);
}
