/**
 * Cuts a script into statements at the semicolons that are neither inside quotes nor inside comments.
 * Stored programs have semicolons of their own and are refused rather than cut in two.
 */
import { UnreadableScriptError } from '../migration-questions.ts';

const token =
  /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|`(?:[^`]|``)*`|(?<comment>--(?=\s|$)[^\n]*|#[^\n]*|\/\*(?!!|M!|\+)[\s\S]*?\*\/)|\/\*[\s\S]*?\*\/|(?<end>;)|(?<open>['"`]|\/\*)|[\s\S]/gu;
const storedProgram =
  /^(delimiter\b|create\s+(or\s+replace\s+)?(definer\s*=\s*\S+\s+)?(trigger|procedure|function|event)\b)/i;

/** The statements without their comments and final semicolons. */
export function splitStatements(script: string): string[] {
  const statements: string[] = [];
  let current = '';
  const close = () => {
    const statement = current.trim();
    current = '';
    if (statement === '') return;
    if (storedProgram.test(statement)) throw new UnreadableScriptError('holds a stored program');
    statements.push(statement);
  };
  for (const match of script.replace(/^\uFEFF/, '').matchAll(token)) {
    if (match.groups?.open !== undefined) {
      throw new UnreadableScriptError(`opens a ${match.groups.open} that it never closes`);
    }
    if (match.groups?.end !== undefined) close();
    else if (match.groups?.comment !== undefined) current += ' ';
    else current += match[0];
  }
  close();
  return statements;
}
