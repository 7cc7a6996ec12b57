// Each function of WASI: programs of a few calls answer in the shim what they answer in Node's own WASI.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { onNode, onShim, type Start } from './runs.ts';
import { type Answer, type Out, Script } from './script.ts';
import { SIGNATURES } from './signatures.ts';

const ROOT = 3;
const HERE = 4;
const CREAT = 1;
const DIRECTORY = 2;
const EXCL = 4;
const TRUNC = 8;
const READ = 1n << 1n;
const WRITE = 1n << 6n;
const SEEK = 1n << 2n;
const TELL = 1n << 5n;
const SET_FLAGS = 1n << 3n;
const ALL = (1n << 28n) - 1n;
/** All that a directory can have, which leaves out what writes: Node refuses to open a directory for that. */
const FOR_DIRECTORY = ALL & ~(1n | WRITE | (1n << 8n) | (1n << 22n));

const shown = (answers: Answer[]) =>
  answers.map(({ name, errno, outs }) => [name, errno, ...outs.map((out) => out.toString('hex'))].join(' '));

/** Lets both run the calls, and returns what both have answered. */
async function same(script: Script, start: Start = {}): Promise<Answer[]> {
  const wasm = await script.assemble();
  const shim = onShim(wasm, start);
  const node = onNode(wasm, start);
  expect(shown(script.answers(shim.stdout))).toEqual(shown(script.answers(node.stdout)));
  expect([shim.status, shim.stderr.toString()]).toEqual([node.status, node.stderr.toString()]);
  return script.answers(shim.stdout);
}

/** Opens a file in the working directory; where its descriptor is. */
function opening(s: Script, name: string, oflags = 0, rights = ALL, fdflags = 0, directory = HERE): Out {
  const fd = s.out(4);
  s.call('path_open', directory, 0, s.data(name), oflags, rights, ALL, fdflags, fd);
  return fd;
}

const errnos = (answers: Answer[]) => answers.map(({ errno }) => errno);

it('has every function with its type', () => {
  const file = path.resolve(import.meta.dirname, '../../../dist/guest/wasi.wasm');
  const exported = WebAssembly.Module.exports(new WebAssembly.Module(readFileSync(file)));
  const functions = exported.filter(({ kind }) => kind === 'function').map(({ name }) => name);
  expect(functions.sort()).toEqual(Object.keys(SIGNATURES).sort());
});

it('begins with / and . as directories', async () => {
  const s = new Script();
  for (const fd of [3, 4, 5, 300, -1]) s.call('fd_prestat_get', fd, s.out(8));
  s.call('fd_prestat_dir_name', ROOT, s.out(4), 1);
  s.call('fd_prestat_dir_name', HERE, s.out(4), 4);
  s.call('fd_prestat_dir_name', 9, s.out(4), 4);
  const answers = await same(s);
  expect(answers[6]?.outs[0]?.toString('latin1')).toBe('.\0\0\0');
});

it('opens, writes, seeks, reads and closes', async () => {
  const s = new Script();
  const fd = s.word(opening(s, 'new', CREAT | EXCL));
  opening(s, 'new', CREAT | EXCL);
  s.call('fd_write', fd, s.vectors(s.data('hello '), s.data(''), s.data('world')), s.out(4));
  s.call('fd_write', fd, s.vectors(s.data('x'.repeat(5000)), s.data('y'.repeat(300))), s.out(4));
  s.call('fd_write', fd, s.vectors(), s.out(4));
  s.call('fd_tell', fd, s.out(8));
  s.call('fd_seek', fd, 2n, 0, s.out(8));
  const first = s.out(3);
  const second = s.out(12);
  s.call('fd_read', fd, s.vectors(first, second), s.out(4));
  s.call('fd_seek', fd, -4n, 1, s.out(8));
  s.call('fd_read', fd, s.vectors(s.out(0), s.out(4)), s.out(4));
  s.call('fd_seek', fd, -2n, 2, s.out(8));
  s.call('fd_read', fd, s.vectors(s.out(8), s.out(8)), s.out(4));
  s.call('fd_read', fd, s.vectors(s.out(8)), s.out(4));
  s.call('fd_seek', fd, -1n, 0, s.out(8));
  s.call('fd_seek', fd, 0n, 7, s.out(8));
  s.call('fd_close', fd);
  s.call('fd_close', fd);
  s.call('fd_read', fd, s.vectors(s.out(8)), s.out(4));
  s.call('fd_write', 77, s.vectors(s.data('a')), s.out(4));
  s.call('fd_tell', 77, s.out(8));
  const answers = await same(s);
  expect(answers[7]?.outs[1]?.toString()).toBe(' worldxxxxxx');
});

it('reads and writes at offsets', async () => {
  const s = new Script();
  const fd = s.word(opening(s, 'f'));
  s.call('fd_pread', fd, s.vectors(s.out(3), s.out(0), s.out(4)), 2n, s.out(4));
  s.call('fd_pread', fd, s.vectors(s.out(6), s.out(8)), 8n, s.out(4));
  s.call('fd_pread', fd, s.vectors(s.out(6)), 100n, s.out(4));
  s.call('fd_pwrite', fd, s.vectors(s.data('AB'), s.data('C')), 12n, s.out(4));
  s.call('fd_tell', fd, s.out(8));
  s.call('fd_read', fd, s.vectors(s.out(20)), s.out(4));
  s.call('fd_pread', 55, s.vectors(s.out(6)), 0n, s.out(4));
  const answers = await same(s, { files: { f: '0123456789' } });
  expect(answers[6]?.outs[0]?.toString('latin1')).toBe('0123456789\0\0ABC\0\0\0\0\0');
});

it('opens as rights and flags say', async () => {
  const s = new Script();
  const wide = READ | WRITE | SEEK | TELL | SET_FLAGS;
  const truncated = s.word(opening(s, 'f', TRUNC, wide));
  s.call('fd_write', truncated, s.vectors(s.data('first,')), s.out(4));
  const appended = s.word(opening(s, 'f', 0, wide, 1));
  s.call('fd_write', appended, s.vectors(s.data('second')), s.out(4));
  s.call('fd_fdstat_get', appended, s.out(24, 0, 1));
  s.call('fd_fdstat_set_flags', truncated, 1);
  s.call('fd_write', truncated, s.vectors(s.data(',third')), s.out(4));
  const read = s.word(opening(s, 'f', 0, READ));
  s.call('fd_read', read, s.vectors(s.out(30)), s.out(4));
  opening(s, 'nothing');
  opening(s, 'nothing', DIRECTORY);
  opening(s, 'f', DIRECTORY, READ);
  opening(s, 'f/g', 0, READ);
  opening(s, 'nothing/g', CREAT);
  opening(s, 'd', DIRECTORY, READ);
  opening(s, 'd', 0, READ);
  opening(s, 'd/.././f', 0, READ);
  opening(s, 'work/f', 0, READ, 0, ROOT);
  opening(s, 'f', 0, READ, 0, 99);
  opening(s, 'n'.repeat(256), CREAT, READ);
  const answers = await same(s, { files: { f: 'old contents', 'd/': '' } });
  expect(answers[8]?.outs[0]?.toString('latin1').replace(/\0/g, '')).toBe('first,second,third');
});

it('cannot write what was opened for reading, nor read what was opened for writing', async () => {
  const s = new Script();
  const read = s.word(opening(s, 'f', 0, READ));
  s.call('fd_write', read, s.vectors(s.data('a')), s.out(4));
  const write = s.word(opening(s, 'f', 0, WRITE));
  s.call('fd_read', write, s.vectors(s.out(4)), s.out(4));
  s.call('fd_fdstat_get', read, s.out(24, 8, 16));
  const answers = s.answers(onShim(await s.assemble(), { files: { f: 'text' } }).stdout);
  // Node answers ENOTCAPABLE, which wasi-libc takes for the same.
  expect(errnos(answers)).toEqual([0, 8, 0, 8, 0]);
  const rights = answers[4]?.outs[0]?.readBigUInt64LE() ?? 0n;
  expect([rights & READ, rights & WRITE]).toEqual([READ, 0n]);
});

it('tells what files are', async () => {
  const s = new Script();
  const fd = s.word(opening(s, 'f'));
  s.call('fd_fdstat_get', fd, s.out(24, 0, 1));
  s.call('fd_fdstat_get', HERE, s.out(24, 0, 1));
  s.call('fd_fdstat_get', 44, s.out(24));
  s.call('fd_filestat_get', fd, s.out(64, 16, 40));
  s.call('fd_filestat_get', HERE, s.out(64, 16, 24));
  s.call('fd_filestat_get', 44, s.out(64));
  s.call('path_filestat_get', HERE, 0, s.data('f'), s.out(64, 16, 40));
  s.call('path_filestat_get', HERE, 1, s.data('d'), s.out(64, 16, 24));
  s.call('path_filestat_get', HERE, 0, s.data('none'), s.out(64));
  s.call('path_filestat_get', HERE, 0, s.data('f/'), s.out(64, 16, 24));
  s.call('path_filestat_get', ROOT, 0, s.data('work/d/g'), s.out(64, 16, 40));
  s.call('path_filestat_get', 44, 0, s.data('f'), s.out(64));
  const directory = s.word(opening(s, 'd', DIRECTORY, FOR_DIRECTORY));
  s.call('path_filestat_get', directory, 0, s.data('g'), s.out(64, 16, 40));
  s.call('fd_fdstat_set_rights', fd, READ, 0n);
  s.call('fd_fdstat_set_rights', fd, ALL, ALL);
  s.call('fd_fdstat_set_flags', 44, 0);
  const answers = await same(s, { files: { f: 'twelve bytes', 'd/': '', 'd/g': 'one' } });
  expect(answers[4]?.outs[0]?.readBigUInt64LE(16)).toBe(12n);
});

it('changes sizes', async () => {
  const s = new Script();
  const fd = s.word(opening(s, 'f'));
  const size = () => s.call('fd_filestat_get', fd, s.out(64, 32, 40));
  s.call('fd_filestat_set_size', fd, 20n);
  size();
  s.call('fd_filestat_set_size', fd, 4n);
  size();
  s.call('fd_allocate', fd, 2n, 1n);
  size();
  s.call('fd_allocate', fd, 8n, 8n);
  size();
  s.call('fd_pread', fd, s.vectors(s.out(20)), 0n, s.out(4));
  s.call('fd_allocate', fd, 8n, 0n);
  s.call('fd_filestat_set_size', 44, 4n);
  s.call('fd_allocate', 44, 4n, 4n);
  s.call('fd_sync', fd);
  s.call('fd_datasync', fd);
  s.call('fd_sync', 44);
  s.call('fd_datasync', 44);
  for (const advice of [0, 5, 6]) s.call('fd_advise', fd, 0n, 0n, advice);
  s.call('fd_advise', 44, 0n, 0n, 0);
  await same(s, { files: { f: '0123456789' } });
});

it('makes, renames and removes', async () => {
  const s = new Script();
  const there = (name: string) => s.call('path_filestat_get', HERE, 0, s.data(name), s.out(64, 16, 24));
  s.call('path_create_directory', HERE, s.data('a'));
  s.call('path_create_directory', HERE, s.data('a'));
  s.call('path_create_directory', HERE, s.data('a/b'));
  s.call('path_create_directory', HERE, s.data('x/y'));
  s.call('path_rename', HERE, s.data('f'), HERE, s.data('a/b/g'));
  there('f');
  there('a/b/g');
  const inner = s.word(opening(s, 'a/b', DIRECTORY, FOR_DIRECTORY));
  s.call('path_rename', inner, s.data('g'), ROOT, s.data('work/a/h'));
  there('a/h');
  s.call('path_rename', HERE, s.data('none'), HERE, s.data('a/h'));
  s.call('path_rename', HERE, s.data('a'), HERE, s.data('a/b/c'));
  s.call('path_remove_directory', HERE, s.data('a'));
  s.call('path_remove_directory', HERE, s.data('a/h'));
  s.call('path_unlink_file', HERE, s.data('a/h'));
  s.call('path_unlink_file', HERE, s.data('a/h'));
  s.call('path_remove_directory', HERE, s.data('a/b'));
  s.call('path_remove_directory', HERE, s.data('a'));
  there('a');
  s.call('path_readlink', HERE, s.data('e'), s.out(16), 16, s.out(4));
  s.call('path_readlink', HERE, s.data('none'), s.out(16), 16, s.out(4));
  for (const name of ['path_create_directory', 'path_remove_directory', 'path_unlink_file'])
    s.call(name, 44, s.data('q'));
  await same(s, { files: { f: 'moved', e: '' } });
});

it('lets a descriptor have another number', async () => {
  const s = new Script();
  const from = s.word(opening(s, 'f'));
  const to = s.word(opening(s, 'd', DIRECTORY, FOR_DIRECTORY));
  s.call('fd_renumber', from, 44);
  s.call('fd_renumber', 44, from);
  s.call('fd_renumber', from, to);
  s.call('fd_read', to, s.vectors(s.out(4)), s.out(4));
  s.call('fd_read', from, s.vectors(s.out(4)), s.out(4));
  s.call('fd_renumber', to, HERE);
  s.call('fd_tell', HERE, s.out(8));
  await same(s, { files: { f: 'text', 'd/': '' } });
});

it('follows the path under which a directory was opened, through renumbering and closing', async () => {
  const s = new Script();
  const directory = s.word(opening(s, 'd', DIRECTORY, FOR_DIRECTORY));
  const file = s.word(opening(s, 'f'));
  s.call('fd_renumber', directory, file);
  s.call('path_filestat_get', file, 0, s.data('g'), s.out(64, 16, 40));
  s.call('fd_close', file);
  s.call('path_filestat_get', file, 0, s.data('g'), s.out(64));
  await same(s, { files: { f: 'text', 'd/': '', 'd/g': '12' } });
});

it('tells what only this system answers', async () => {
  const s = new Script();
  s.call('fd_prestat_get', 0, s.out(8));
  s.call('fd_prestat_dir_name', HERE, s.out(4), 0);
  const fd = s.word(opening(s, 'f', 0, ALL, 1 | 4));
  s.call('fd_fdstat_get', fd, s.out(24, 2, 4));
  s.call('fd_fdstat_set_flags', fd, 2);
  s.call('fd_fdstat_get', fd, s.out(24, 2, 4));
  s.call('fd_fdstat_set_flags', fd, 32);
  opening(s, 'f', 16);
  opening(s, '');
  opening(s, 'p'.repeat(1030));
  opening(s, 'd', DIRECTORY, ALL);
  opening(s, 'x', 0, ALL, 0, 0);
  s.call('path_filestat_get', HERE, 0, s.data('/work/f'), s.out(64, 16, 17));
  s.call('path_filestat_get', HERE, 0, s.data('../../work/d/'), s.out(64, 16, 17));
  s.call('fd_renumber', fd, HERE);
  s.call('fd_prestat_get', HERE, s.out(8));
  const answers = s.answers(onShim(await s.assemble(), { files: { f: '', 'd/': '' } }).stdout);
  expect(shown(answers)).toEqual([
    'fd_prestat_get 8 0000000000000000',
    'fd_prestat_dir_name 37 00000000',
    'path_open 0 05000000',
    'fd_fdstat_get 0 0500',
    'fd_fdstat_set_flags 0',
    'fd_fdstat_get 0 0000',
    'fd_fdstat_set_flags 28',
    'path_open 28 00000000',
    'path_open 44 00000000',
    'path_open 37 00000000',
    'path_open 0 06000000',
    'path_open 54 00000000',
    'path_filestat_get 0 04',
    'path_filestat_get 0 03',
    'fd_renumber 0',
    'fd_prestat_get 8 0000000000000000',
  ]);
});

it('tells arguments and environment', async () => {
  const s = new Script();
  s.call('args_sizes_get', s.out(4), s.out(4));
  s.call('environ_sizes_get', s.out(4), s.out(4));
  const pointers = s.out(16);
  const texts = s.out(24);
  s.call('args_get', pointers, texts);
  s.call('environ_get', s.out(16, 0, 0), s.out(40));
  const answers = await same(s, { args: ['one', '', 'tä'], environment: { A: 'b c' } });
  expect(answers[2]?.outs[1]?.toString().replace(/\0+$/, '')).toBe('program\0one\0\0tä');
  expect(answers[2]?.outs[0]?.readUInt32LE(4)).toBe(texts.address + 8);
});

it('tells the time, which goes on', async () => {
  const s = new Script();
  for (const clock of [0, 1, 2, 3]) s.call('clock_time_get', clock, 1n, s.out(8, 0, 0));
  const earlier = s.out(8);
  const later = s.out(8);
  const start = s.out(8);
  s.call('clock_time_get', 1, 0n, earlier);
  s.call('clock_time_get', 1, 0n, later);
  s.call('clock_time_get', 0, 0n, start);
  s.call('clock_res_get', 3, s.out(8));
  s.call('clock_res_get', 4, s.out(8));
  s.call('clock_time_get', 4, 0n, s.out(8));
  const answers = s.answers(onShim(await s.assemble()).stdout);
  expect(errnos(answers)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 28, 28]);
  const times = answers.flatMap(({ outs }) => outs).map((out) => (out.length === 8 ? out.readBigUInt64LE() : 0n));
  expect(times[5]).toBeGreaterThan(times[4] as bigint);
  expect(new Date(Number((times[6] as bigint) / 1_000_000n)).toISOString()).toMatch(/^2000-01-01/);
});

it('fills memory with random bytes', async () => {
  const s = new Script();
  s.call('random_get', s.out(64), 64);
  s.call('random_get', s.out(64), 64);
  s.call('random_get', s.out(8), 0);
  const [first, second, none] = s.answers(onShim(await s.assemble()).stdout) as [Answer, Answer, Answer];
  expect(new Set(first.outs[0]).size).toBeGreaterThan(32);
  expect(first.outs[0]?.equals(second.outs[0] as Buffer)).toBe(false);
  expect(none.outs[0]).toEqual(Buffer.alloc(8));
});

it('ends with a status', async () => {
  for (const status of [0, 3, 255]) {
    const s = new Script();
    s.call('sched_yield');
    s.call('proc_exit', status);
    expect(onShim(await s.assemble()).status).toBe(status);
  }
});

it('raises signals', async () => {
  const s = new Script();
  s.call('proc_raise', 0);
  s.call('proc_raise', 16);
  s.call('proc_raise', 17);
  s.call('proc_raise', 20);
  s.call('proc_raise', -1);
  expect(errnos(s.answers(onShim(await s.assemble()).stdout))).toEqual([0, 0, 0, 28, 28]);
  // SIGTERM, SIGKILL, SIGSTOP by WASI's numbers; the shim's status is 128 and Linux's.
  for (const [signal, number] of [
    [15, 15],
    [9, 9],
    [18, 19],
  ] as const) {
    const end = new Script();
    end.call('proc_raise', signal);
    expect(onShim(await end.assemble()).status).toBe(128 + number);
  }
});

it('answers ENOSYS for what the system does not have', async () => {
  const s = new Script();
  const name = s.data('f');
  s.call('fd_filestat_set_times', HERE, 0n, 0n, 0);
  s.call('path_filestat_set_times', HERE, 0, name, 0n, 0n, 0);
  s.call('path_link', HERE, 0, name, HERE, name);
  s.call('path_symlink', name, HERE, name);
  s.call('sock_accept', HERE, 0, s.out(4));
  s.call('sock_recv', HERE, s.vectors(), 0, s.out(4), s.out(4));
  s.call('sock_send', HERE, s.vectors(), 0, s.out(4));
  s.call('sock_shutdown', HERE, 0);
  expect(new Set(errnos(s.answers(onShim(await s.assemble()).stdout)))).toEqual(new Set([52]));
});
