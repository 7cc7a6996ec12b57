// Booting: what a kernel finds when its `boot` is called, what the other cores begin with, and what cannot be booted.
import { describe, expect, it } from 'vitest';
import { LinkError, Machine, profileNamed } from '../../../machine/index.ts';
import * as platform from '../../../machine/platform.ts';
import { FRAME_BYTES } from '../../../machine/state/layout.ts';
import { assemble } from '../../host/assemble.ts';
import { kernelText, runInAllModes, runKernel } from './kernel.ts';

const BOOT = '(func (export "boot") (param $boot i32)';
const numbers = (notes: readonly string[]) => notes.map((note) => Number(note.split(': ')[1]));

/** Text that notes words at offsets from an address. */
function noteWords(address: string, offsets: readonly number[]): string {
  return offsets.map((offset) => `(call $note32 (i32.load offset=${offset} ${address}))`).join('\n');
}

/** Text that notes words of every entry of a table in the boot information. */
function noteTable(count: number | string, table: number, entryBytes: number, offsets: readonly number[]): string {
  const entries = typeof count === 'string' ? count : `(i32.load offset=${count} (local.get $boot))`;
  return `
    (local.set $at (i32.load offset=${table} (local.get $boot)))
    (local.set $left ${entries})
    (loop $table
      ${noteWords('(local.get $at)', offsets)}
      (local.set $at (i32.add (local.get $at) (i32.const ${entryBytes})))
      (br_if $table (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))`;
}

describe('the boot information', () => {
  it('describes the machine', async () => {
    const profile = profileNamed('amd-4x4');
    const p = platform;
    const run = await runInAllModes(
      kernelText(`${BOOT} (local $at i32) (local $left i32)
        ${noteWords('(local.get $boot)', [p.BOOT_INFO_MAGIC, p.BOOT_INFO_CORES, p.BOOT_INFO_NODES, p.BOOT_INFO_LINE_BYTES, p.BOOT_INFO_MEGAHERTZ, p.BOOT_INFO_RAM_BYTES, p.BOOT_INFO_USER_MWAIT, p.BOOT_INFO_PPC_CYCLES, p.BOOT_INFO_CACHES])}
        ${noteTable(p.BOOT_INFO_CORES, p.BOOT_INFO_CORE_TABLE, p.BOOT_CORE_BYTES, [p.BOOT_CORE_NODE, p.BOOT_CORE_GROUP, p.BOOT_CORE_SPEED])}
        ${noteTable(p.BOOT_INFO_CACHES, p.BOOT_INFO_CACHE_TABLE, p.BOOT_CACHE_BYTES, [p.BOOT_CACHE_LEVEL, p.BOOT_CACHE_SIZE, p.BOOT_CACHE_WAYS, p.BOOT_CACHE_LATENCY_CYCLES, p.BOOT_CACHE_CORES])}
        ${noteTable('(i32.const 16)', p.BOOT_INFO_DISTANCES, 4, [0])})`),
      { profile, ramBytes: 2 ** 24 },
    );
    const found = numbers(run.notes);
    const { core, l1, l2, shared, topology } = profile;
    expect(found.splice(0, 9)).toEqual([
      platform.BOOT_MAGIC,
      16,
      4,
      profile.lineBytes,
      profile.clockMegahertz,
      2 ** 24,
      core.mwaitInUserMode ? 1 : 0,
      profile.reference?.ppcCycles ?? 0,
      3,
    ]);
    expect(found.splice(0, 48)).toEqual(
      Array.from({ length: 16 }, (_, i) => [Math.floor(i / 4), Math.floor(i / topology.coresPerGroup), 65536]).flat(),
    );
    const caches = [l1, l2, shared].map((cache, i) => [
      i + 1,
      cache?.sizeBytes,
      cache?.ways,
      cache?.latencyCycles,
      cache === shared ? topology.coresPerGroup : 1,
    ]);
    expect(found.splice(0, 15)).toEqual(caches.flat());
    // A square of four links: neighbours are one link apart, corners two.
    const link = Math.round(topology.links[0]?.latencyCycles ?? 0);
    const distances = Array.from({ length: 4 }, (_, from) => found.slice(4 * from, 4 * from + 4));
    expect(distances.map((row) => [...row].sort((a, b) => a - b))).toEqual(
      new Array(4).fill([0, link, link, 2 * link]),
    );
    distances.forEach((row, from) => {
      expect(row[from]).toBe(0);
      expect(row).toEqual(distances.map((other) => other[from]));
    });
  });

  it('tells which memory is free, and that memory is there, in the window, and zero', async () => {
    const p = platform;
    const run = await runKernel(
      kernelText(`${BOOT} (local $at i32) (local $left i32)
        ${noteTable(p.BOOT_INFO_NODES, p.BOOT_INFO_NODE_TABLE, p.BOOT_NODE_BYTES, [p.BOOT_NODE_START, p.BOOT_NODE_END, p.BOOT_NODE_FREE_START, p.BOOT_NODE_FREE_END])}
        (local.set $at (i32.load offset=${p.BOOT_INFO_NODE_TABLE} (local.get $boot)))
        (local.set $left (i32.load offset=${p.BOOT_NODE_FREE_END} (local.get $at)))
        (local.set $at (i32.load offset=${p.BOOT_NODE_FREE_START} (local.get $at)))
        (loop $l
          (if (i64.ne (i64.load offset=${p.WINDOW_ADDRESS} (local.get $at)) (i64.const 0)) (then (unreachable)))
          (br_if $l (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 4096))) (local.get $left)))))`),
      { profile: profileNamed('amd-2x2'), ramBytes: 2 ** 24 },
    );
    expect(run.reason).toBe('finished');
    const [start, end, free, freeEnd, ...second] = numbers(run.notes) as [number, number, number, number, ...number[]];
    expect([start, end, freeEnd]).toEqual([0, 2 ** 23, 2 ** 23]);
    expect(free).toBeGreaterThan(0);
    expect(free % FRAME_BYTES).toBe(0);
    expect(second).toEqual([2 ** 23, 2 ** 24, 2 ** 23, 2 ** 24]);
  });

  it('has the command line as UTF-8', async () => {
    const commandLine = 'cores=4 name=Größe 🙂';
    const logs: string[] = [];
    await runKernel(
      `(module (import "machine" "log" (func $log (param i32 i32))) (memory 32769) ${BOOT}
        (call $log (i32.load offset=${platform.BOOT_INFO_COMMAND_LINE} (local.get $boot))
          (i32.load offset=${platform.BOOT_INFO_COMMAND_BYTES} (local.get $boot)))))`,
      { commandLine, onLog: (_, text) => logs.push(text) },
    );
    expect(logs).toEqual([commandLine]);
  });

  it('describes user images, whose data lies ready to be mapped', async () => {
    const p = platform;
    const run = await runKernel(
      kernelText(`
        (table 1 funcref)
        ${BOOT} (local $image i32) (local $segment i32)
          (call $note32 (i32.load offset=${p.BOOT_INFO_IMAGES} (local.get $boot)))
          (local.set $image (i32.load offset=${p.BOOT_INFO_IMAGE_TABLE} (local.get $boot)))
          ${noteWords('(local.get $image)', [p.BOOT_IMAGE_LINK, p.BOOT_IMAGE_PAGES, p.BOOT_IMAGE_SEGMENTS])}
          (local.set $segment (i32.load offset=${p.BOOT_IMAGE_SEGMENT_TABLE} (local.get $image)))
          ${noteWords('(local.get $segment)', [p.BOOT_SEGMENT_ADDRESS, p.BOOT_SEGMENT_LENGTH])}
          (call $note32 (i32.and (i32.load offset=${p.BOOT_SEGMENT_PHYSICAL} (local.get $segment)) (i32.const 4095)))
          (call $note (i64.load offset=${p.WINDOW_ADDRESS} (i32.load offset=${p.BOOT_SEGMENT_PHYSICAL} (local.get $segment))))
          (local.set $segment (i32.add (local.get $segment) (i32.const ${p.BOOT_SEGMENT_BYTES})))
          ${noteWords('(local.get $segment)', [p.BOOT_SEGMENT_ADDRESS, p.BOOT_SEGMENT_LENGTH])}
          (call $note32 (i32.load offset=${p.BOOT_IMAGE_LINK} (i32.add (local.get $image) (i32.const ${p.BOOT_IMAGE_BYTES})))))`),
      {
        user: [
          '(module (memory 3) (data (i32.const 0x1234) "abcdefgh") (data (i32.const 0x20000) "x"))',
          '(module (func (export "f")))',
        ],
      },
    );
    const text = new DataView(new TextEncoder().encode('abcdefgh').buffer).getBigUint64(0, true);
    expect(run.notes.map((note) => note.slice(3))).toEqual(
      [2, 1, 3, 2, 0x1234, 8, 0x234, text, 0x20000, 1, 2].map(String),
    );
  });
});

describe('a kernel', () => {
  it('has its data once, and its globals on every core', async () => {
    const run = await runInAllModes(
      kernelText(`
        (data (i32.const 0x80000100) "\\05\\00\\00\\00")
        (global $mine (mut i32) (i32.const 10))
        (global $begun (mut i32) (i32.const 0))
        (start $begin)
        (table 1 funcref) (elem (i32.const 0) $other)
        (func $begin (global.set $begun (i32.add (global.get $begun) (i32.const 1))))
        (func $all
          (call $note32 (global.get $begun))
          (global.set $mine (i32.add (global.get $mine) (i32.const 1)))
          (call $note32 (global.get $mine))
          (call $note32 (i32.atomic.rmw.add (i32.const 0x80000100) (i32.const 1))))
        (func $other (param $argument i32)
          (call $note32 (local.get $argument))
          (call $all)
          (i32.store (i32.const 0x80000104) (i32.const 1)))
        ${BOOT}
          (call $all)
          (call $core_start (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 77) (i32.const 0))
          (loop $l (call $pause) (br_if $l (i32.eqz (i32.load (i32.const 0x80000104)))))
          (call $all))`),
      { cores: 2 },
    );
    expect(run.notes).toEqual([
      ...['0: 1', '0: 11', '0: 5'],
      ...['1: 77', '1: 1', '1: 11', '1: 6'],
      ...['0: 1', '0: 12', '0: 7'],
    ]);
  });

  it('finds the whole address space, but for what is not mapped', async () => {
    const run = await runKernel(
      kernelText(`${BOOT}
        (call $note32 (memory.size))
        (call $note32 (memory.grow (i32.const 1)))
        (i32.store (i32.const 0x8000fffc) (i32.const 1))
        (i32.store (i32.const 0x80010000) (i32.const 1)))`),
    );
    expect(numbers(run.notes)).toEqual([65535, 0xffff_ffff]);
    expect(run.message).toMatch(/^page fault at address 0x80010000 on core 0/);
  });

  it('runs in page tables of its own making, which a core can be started in', async () => {
    const run = await runInAllModes(
      kernelText(`
        (table 1 funcref) (elem (i32.const 0) $other)
        ;; Copies the firmware's directory and adds a page at 0x4000_0000.
        (func $root (param $boot i32) (param $free i32) (param $value i32) (result i32) (local $window i32)
          (local.set $window (i32.add (local.get $free) (i32.const ${platform.WINDOW_ADDRESS})))
          (memory.copy (local.get $window)
            (i32.add (i32.load offset=${platform.BOOT_INFO_PAGE_ROOT} (local.get $boot)) (i32.const ${platform.WINDOW_ADDRESS}))
            (i32.const 4096))
          (i32.store offset=1024 (local.get $window) (i32.add (local.get $free) (i32.const 0x1027)))
          (i32.store offset=4096 (local.get $window) (i32.add (local.get $free) (i32.const 0x2063)))
          (i32.store offset=8192 (local.get $window) (local.get $value))
          (local.get $free))
        (func $other (param i32) (call $note32 (i32.load (i32.const 0x40000000))) (i32.store (i32.const 0x40000000) (i32.const 9)))
        ${BOOT} (local $free i32) (local $root i32)
          (local.set $free (i32.load offset=${platform.BOOT_NODE_FREE_START} (i32.load offset=${platform.BOOT_INFO_NODE_TABLE} (local.get $boot))))
          (call $set_page_root (call $root (local.get $boot) (local.get $free) (i32.const 5)) (i32.const 3))
          (call $note32 (i32.load (i32.const 0x40000000)))
          (local.set $root (call $root (local.get $boot) (i32.add (local.get $free) (i32.const 0x4000)) (i32.const 6)))
          (call $core_start (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (local.get $root))
          (loop $l (call $pause)
            (br_if $l (i32.ne (i32.const 9) (i32.load offset=${platform.WINDOW_ADDRESS} (i32.add (local.get $free) (i32.const 0x6000))))))
          (call $note32 (i32.load (i32.const 0x40000000)))
          (call $set_page_root (local.get $root) (i32.const 4))
          (call $note32 (i32.load (i32.const 0x40000000)))
          (call $set_page_root (local.get $free) (i32.const 3))
          (call $note32 (i32.load (i32.const 0x40000000))))`),
      { cores: 2 },
    );
    expect(run.notes).toEqual(['0: 5', '1: 6', '0: 5', '0: 9', '0: 5']);
  });

  it('reads counters', async () => {
    const { COUNTER_INSTRUCTIONS, COUNTER_CYCLES, COUNTER_ACCESSES, COUNTER_L1_MISSES, EINVAL } = platform;
    const run = await runInAllModes(
      kernelText(`${BOOT} (local $i i32)
        (call $note (call $counter_read (i32.const ${COUNTER_INSTRUCTIONS})))
        (call $note (call $counter_read (i32.const ${COUNTER_ACCESSES})))
        (call $note (call $counter_read (i32.const ${COUNTER_L1_MISSES})))
        (local.set $i (i32.const 100))
        (loop $l
          (drop (i32.load (i32.add (i32.const 0xc0700000) (i32.shl (local.get $i) (i32.const 6)))))
          (br_if $l (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
        (call $note (call $counter_read (i32.const ${COUNTER_INSTRUCTIONS})))
        (call $note (call $counter_read (i32.const ${COUNTER_ACCESSES})))
        (call $note (call $counter_read (i32.const ${COUNTER_L1_MISSES})))
        (call $note (i64.sub (call $cycles) (call $counter_read (i32.const ${COUNTER_CYCLES}))))
        (call $note (call $counter_read (i32.const 1000))))`),
    );
    const [instructions, accesses, misses, ...rest] = run.notes.map((note) => BigInt.asIntN(64, BigInt(note.slice(3))));
    const [instructions2, accesses2, misses2, cycles, error] = rest;
    // A hundred times shift, add, load, subtract, branch; three calls of counter_read, and three of $note, which makes one itself.
    expect(Number(instructions2) - Number(instructions)).toBe(500 + 3 + 6);
    expect(Number(accesses2) - Number(accesses)).toBe(100);
    expect(Number(misses2) - Number(misses)).toBe(100);
    expect(cycles).toBeGreaterThanOrEqual(-3n);
    expect(cycles).toBeLessThanOrEqual(0n);
    expect(error).toBe(-BigInt(EINVAL));
  });
});

describe('is refused', () => {
  const boot = async (text: string, privilege: 'kernel' | 'user' = 'kernel') => {
    const machine = new Machine({ ramBytes: 2 ** 22 });
    const image = machine.load(await assemble(text), { privilege });
    return () => machine.boot({ kernel: image });
  };

  it('what is no kernel', async () => {
    expect(await boot('(module (memory 32769))')).toThrow(LinkError);
    expect(await boot('(module (memory 32769))')).toThrow(/exports no function "boot"/);
    expect(await boot(`(module (memory 1) ${BOOT}))`)).toThrow(/memory ends at 0x10000: it must begin at 0x80000000/);
    expect(await boot(`(module (memory 32769) (func (export "boot")))`)).toThrow(/exports "boot", but not as/);
    expect(await boot(`(module (memory 32769) ${BOOT}) (func (export "trap")))`)).toThrow(/exports "trap", but not as/);
    expect(await boot(`(module (memory 32769) (data (i32.const 16) "x") ${BOOT}))`)).toThrow(
      /has data at 0x10, outside of its memory from 0x80000000 to 0x80010000/,
    );
    expect(await boot(`(module (memory 32769) ${BOOT}))`, 'user')).toThrow(/loaded as a user image/);
    expect(await boot(`(module (import "machine" "teleport" (func)) (memory 32769) ${BOOT}))`)).toThrow(
      /unknown import "machine"."teleport"/,
    );
  });

  it('a second one, and one for which there is no memory', async () => {
    const machine = new Machine({ ramBytes: 2 ** 22 });
    const kernel = machine.load(await assemble(`(module (memory 32769) ${BOOT}))`), { privilege: 'kernel' });
    machine.boot({ kernel });
    expect(() => machine.boot({ kernel })).toThrow(/booted before/);
    const large = await boot(`(module (memory 33000) ${BOOT}))`);
    expect(large).toThrow(/the kernel takes 15204352 bytes, for which the RAM of the first node is too small/);
  });
});
