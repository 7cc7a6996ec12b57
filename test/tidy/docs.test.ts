// Links in the documentation lead somewhere: to a file that exists, and to a heading that it has.
import path from 'node:path';
import { expect, it } from 'vitest';
import { FILES, read } from './repository.ts';

const PAGES = FILES.filter((file) => file.endsWith('.md'));

/** A page without its code, where brackets mean other things. */
function prose(file: string): string {
  return read(file)
    .replace(/^(```|~~~)[\s\S]*?^\1/gm, '')
    .replace(/`[^`\n]*`/g, '');
}

/** The anchors that a reader of Markdown on the usual hosts makes from a page's headings. */
function anchors(file: string): Set<string> {
  const seen = new Map<string, number>();
  const found = new Set<string>();
  for (const [, heading] of read(file)
    .replace(/^(```|~~~)[\s\S]*?^\1/gm, '')
    .matchAll(/^#{1,6} +(.+)$/gm)) {
    const slug = (heading as string)
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    found.add(count === 0 ? slug : `${slug}-${count}`);
  }
  return found;
}

function problem(page: string, link: string): string | undefined {
  const [target, anchor] = link.split('#') as [string, string | undefined];
  const file = target === '' ? page : path.posix.join(path.posix.dirname(page), decodeURI(target)).replace(/\/$/, '');
  if (file.startsWith('..')) return 'leads out of the repository';
  if (!FILES.includes(file) && !FILES.some((other) => other.startsWith(`${file}/`))) return 'there is no such file';
  if (anchor !== undefined && !anchors(file).has(anchor)) return 'there is no such heading';
  return undefined;
}

it('resolves every relative link', () => {
  expect(PAGES).toContain('README.md');
  const broken = PAGES.flatMap((page) =>
    [...prose(page).matchAll(/\]\(([^()\s]+(?:\([^()\s]*\))?)\)|^\[[^\]]+\]: +(\S+)/gm)]
      .map((match) => (match[1] ?? match[2]) as string)
      .filter((link) => !/^[a-z]+:/i.test(link))
      .flatMap((link) => {
        const reason = problem(page, link);
        return reason === undefined ? [] : [`${page}: ${link}: ${reason}`];
      }),
  );
  expect(broken).toEqual([]);
});
