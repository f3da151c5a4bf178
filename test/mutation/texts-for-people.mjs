/**
 * Tells Stryker which texts it leaves alone, because no rule depends on their words: the sentences of errors and problems,
 * lines of the log, and the descriptions of metrics. What such a text holds besides words (`${…}`) is left alone with it. All
 * other texts are mutated: codes, names, keys, labels, commands, SQL.
 */
import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';

const levels = new Set(['trace', 'debug', 'info', 'warn', 'error', 'fatal']);
/** Between a text and what it is given to. */
const joints = new Set(['TemplateLiteral', 'BinaryExpression', 'ConditionalExpression', 'LogicalExpression']);

const isText = (path) => path.isStringLiteral() || path.isTemplateLiteral();
const isNamedError = (node) => node?.type === 'Identifier' && node.name.endsWith('Error');

/** @returns why the text is left alone, or `undefined` */
function whyIgnored(path) {
  let text = path;
  while (joints.has(text.parentPath?.type)) text = text.parentPath;
  const { parent, parentPath } = text;
  const isGivenTo = (name) =>
    (parent.type === 'ObjectProperty' && parent.value === text.node && parent.key.name === name) ||
    (parent.type === 'VariableDeclarator' && parent.init === text.node && parent.id.name === name);
  if (isGivenTo('help')) return 'The description of a metric is for people';
  if (isGivenTo('message')) return 'The sentence of a problem is for people';
  const isArgument = parent.arguments?.includes(text.node) ?? false;
  if (!isArgument) return undefined;
  if (parent.type === 'NewExpression' && isNamedError(parent.callee)) return 'The sentence of an error is for people';
  if (parent.type !== 'CallExpression') return undefined;
  const { callee } = parent;
  if (callee.type === 'Super') {
    const extended = parentPath.findParent((above) => above.isClass())?.node.superClass;
    return isNamedError(extended) ? 'The sentence of an error is for people' : undefined;
  }
  if (callee.type !== 'MemberExpression' || !levels.has(callee.property.name)) return undefined;
  const teller = callee.object.property?.id?.name ?? callee.object.property?.name ?? callee.object.name;
  return teller === 'log' ? 'A line of the log is for people' : undefined;
}

export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, 'texts-for-people', {
    shouldIgnore: (path) => (isText(path) ? whyIgnored(path) : undefined),
  }),
];
