// The repository as the tidy tests see it: its files by path, and the imports of a source file, found by TypeScript's own parser.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

export const ROOT = path.resolve(import.meta.dirname, '../..');

const SKIPPED = new Set(['.git', 'node_modules', 'dist', 'coverage']);

function list(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : list(name);
    return entry.isFile() ? [name] : [];
  });
}

/** Paths of all files that are not built or installed, relative to the root, with `/`. */
export const FILES: readonly string[] = list('').sort();

export function read(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}

/** Files below `folder` with one of the extensions (with their dot). */
export function filesIn(folder: string, ...extensions: string[]): string[] {
  return FILES.filter((file) => file.startsWith(`${folder}/`) && extensions.includes(path.extname(file)));
}

/** AssemblyScript: compiled by asc, with types and decorators that tsc does not know. */
export function isAssembly(file: string): boolean {
  if (file.startsWith('guest/')) return file.endsWith('.ts');
  if (file.endsWith('.assembly.ts')) return true;
  return file.startsWith('machine/native/') && !/\/(bytes|\w+\.generated)\.ts$/.test(file);
}

export function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true);
}

export interface ImportOf {
  specifier: string;
  /** For a relative import, the path of what it names; AssemblyScript leaves the extension out. */
  target: string | undefined;
  line: number;
}

/** Every static import, re-export, dynamic import and type import of a file. */
export function importsOf(file: string): ImportOf[] {
  const source = parse(file);
  const found: ImportOf[] = [];
  const add = (literal: ts.StringLiteralLike) => {
    const specifier = literal.text;
    let target: string | undefined;
    if (specifier.startsWith('.')) {
      target = path.posix.join(path.posix.dirname(file), specifier);
      if (['', '.assembly'].includes(path.posix.extname(target))) target += '.ts';
    }
    found.push({ specifier, target, line: source.getLineAndCharacterOfPosition(literal.getStart()).line + 1 });
  };
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
      if (ts.isStringLiteralLike(node.moduleSpecifier)) add(node.moduleSpecifier);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments;
      if (argument && ts.isStringLiteralLike(argument)) add(argument);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      if (ts.isStringLiteralLike(node.argument.literal)) add(node.argument.literal);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
