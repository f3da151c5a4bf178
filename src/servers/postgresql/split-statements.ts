/**
 * Cuts a script into statements at the semicolons that are neither in quotes nor in comments. Unlike MySQL's, comments nest,
 * a backslash counts in E'…' alone, and functions have their bodies between dollar quotes.
 */
import { UnreadableScriptError } from '../migration-questions.ts';

const token =
  /(?<!\w)[eE]'(?:[^'\\]|\\[\s\S]|'')*'|(?<!(?<!\w)[eE])'(?:[^']|'')*'|"(?:[^"]|"")*"|(?<![\w$])(?<tag>\$(?:[A-Za-z_]\w*)?\$)[\s\S]*?\k<tag>|(?<comment>--[^\n]*)|(?<nest>\/\*)|(?<end>;)|(?<open>['"]|(?<![\w$])\$(?:[A-Za-z_]\w*)?\$)|[\s\S]/gu;
const nesting = /\/\*|\*\//g;
/** A body in the language itself has semicolons that belong to it. */
const plainBody = /^create\s+(?:or\s+replace\s+)?(?:function|procedure)\b[\s\S]*\bbegin\s+atomic\b/i;

/** The statements without their comments and final semicolons. */
export function splitStatements(script: string): string[] {
  const statements: string[] = [];
  let current = '';
  const close = () => {
    const statement = current.trim();
    current = '';
    if (statement === '') return;
    if (plainBody.test(statement)) {
      throw new UnreadableScriptError('holds a body of BEGIN ATOMIC: write the body between dollar quotes');
    }
    statements.push(statement);
  };
  const text = script.replace(/^\uFEFF/, '');
  token.lastIndex = 0;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const { open, end, comment, nest } = match.groups ?? {};
    if (open !== undefined) throw new UnreadableScriptError(`opens a ${open} that it never closes`);
    if (end !== undefined) close();
    else if (comment !== undefined) current += ' ';
    else if (nest !== undefined) {
      token.lastIndex = endOfComment(text, match.index);
      current += ' ';
    } else current += match[0];
  }
  close();
  return statements;
}

function endOfComment(text: string, from: number): number {
  let depth = 0;
  nesting.lastIndex = from;
  for (let edge = nesting.exec(text); edge !== null; edge = nesting.exec(text)) {
    depth += edge[0] === '/*' ? 1 : -1;
    if (depth === 0) return nesting.lastIndex;
  }
  throw new UnreadableScriptError('opens a /* that it never closes');
}
