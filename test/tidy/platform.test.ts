// The machine owns time and knows no platform: nothing in machine/ reaches a clock, randomness, the host's console, timers or any
// other interface of Node or a browser. The parser finds the names, so comments, strings and property names do not count.
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { filesIn, isAssembly, parse } from './repository.ts';

/** ECMAScript's own globals that do not depend on host, time or chance, and WebAssembly. */
const ALLOWED_GLOBALS = new Set(
  `Array ArrayBuffer BigInt BigInt64Array BigUint64Array Boolean DataView Error Float32Array Float64Array Infinity Int16Array Int32Array
   Int8Array JSON Map Math NaN Number Object RangeError RegExp Set String Symbol SyntaxError TypeError Uint16Array Uint32Array
   Uint8Array Uint8ClampedArray WeakMap WeakSet WebAssembly isFinite isNaN parseFloat parseInt undefined Promise Iterator`.split(
    /\s+/,
  ),
);

/** Results of these depend on the host or on chance. */
const FORBIDDEN_MEMBERS = new Set(['Math.random', 'Date.now', 'performance.now']);

/** Names that a file declares or imports anywhere: coarse, but a shadowed global is no way to reach it. */
function declaredNames(source: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    const named = node as ts.Node & { name?: ts.Node };
    const declares =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isBindingElement(node) ||
      ts.isFunctionLike(node) ||
      ts.isClassLike(node) ||
      ts.isImportSpecifier(node) ||
      ts.isImportClause(node) ||
      ts.isNamespaceImport(node) ||
      ts.isModuleDeclaration(node) ||
      ts.isInterfaceDeclaration(node) ||
      ts.isTypeAliasDeclaration(node) ||
      ts.isTypeParameterDeclaration(node);
    if (declares && named.name && ts.isIdentifier(named.name)) names.add(named.name.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}

/** Whether an identifier stands for a value that is looked up by scope, not for a member, a key, a label or a type. */
function isValueReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent) || ts.isMethodDeclaration(parent) || ts.isPropertyDeclaration(parent)) {
    return 'initializer' in parent && parent.initializer === node;
  }
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if (ts.isExportSpecifier(parent) || ts.isImportSpecifier(parent) || ts.isLabeledStatement(parent)) return false;
  if (ts.isBreakOrContinueStatement(parent) || ts.isBindingElement(parent)) return false;
  if (ts.isQualifiedName(parent) || ts.isTypeNode(parent) || ts.isPropertySignature(parent)) return false;
  if (ts.isImportAttribute(parent) || ts.isMetaProperty(parent)) return false;
  if (ts.isNamedTupleMember(parent) || ts.isTypePredicateNode(parent)) return false;
  return ts.isExpression(node) || ts.isIdentifier(node);
}

/** What a file uses that the machine must not reach, as `file:line: what`. */
function reaches(source: ts.SourceFile): string[] {
  const declared = declaredNames(source);
  const found: string[] = [];
  const report = (node: ts.Node, what: string) => {
    found.push(`${source.fileName}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${what}`);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) report(node, 'import.meta');
    if (ts.isPropertyAccessExpression(node) && FORBIDDEN_MEMBERS.has(node.getText())) report(node, node.getText());
    if (
      ts.isIdentifier(node) &&
      isValueReference(node) &&
      !declared.has(node.text) &&
      !ALLOWED_GLOBALS.has(node.text)
    ) {
      report(node, node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

describe('machine/', () => {
  const files = filesIn('machine', '.ts').filter((file) => !isAssembly(file) && !file.endsWith('.d.ts'));

  it('reaches no clock, no randomness and no platform interface', () => {
    expect(files.length).toBeGreaterThan(0);
    expect(files.flatMap((file) => reaches(parse(file)))).toEqual([]);
  });
});

describe('the check itself', () => {
  const check = (text: string) =>
    reaches(ts.createSourceFile('sample.ts', text, ts.ScriptTarget.Latest, true)).map((line) => line.split(': ')[1]);

  it.each([
    ['const t = Date.now();', ['Date.now', 'Date']],
    ['let r = Math.random();', ['Math.random']],
    ['performance.now();', ['performance.now', 'performance']],
    ['console.log(1);', ['console']],
    ['globalThis.x = 1;', ['globalThis']],
    ['const o = { process };', ['process']],
    ['setTimeout(() => {}, 1);', ['setTimeout']],
    ['import.meta.url;', ['import.meta']],
  ])('finds the platform in %s', (text, expected) => {
    expect(check(text)).toEqual(expected);
  });

  it.each([
    '// Date.now() and console.log in a comment',
    "const text = 'Math.random';",
    'const o = { console: 1 }; o.console;',
    'function f(process: number) { return process; }',
    'const x: Date | undefined = undefined;',
    'export interface Clock { performance: number }',
    'new WebAssembly.Memory({ initial: 1 }); Math.imul(1, 2);',
  ])('finds nothing in %s', (text) => {
    expect(check(text)).toEqual([]);
  });
});
