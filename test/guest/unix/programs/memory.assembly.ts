// Memory: mmap, munmap, mprotect, brk, memory.grow, sharing and copying, faults.
import {
  Barrier,
  brk,
  EFAULT,
  EINVAL,
  ENOMEM,
  exit,
  fork,
  malloc,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_PRIVATE,
  MAP_SHARED,
  MAP_START,
  mmap,
  mprotect,
  munmap,
  PROT_NONE,
  PROT_READ,
  PROT_WRITE,
  ProcessEnd,
  random,
  SIGSEGV,
  Thread,
  threadYield,
  write,
} from '../../../../guest/posix/index';
import { check, same } from './check.assembly';

const PAGE: usize = 4096;
const BOTH: i32 = PROT_READ | PROT_WRITE;
const PRIVATE: i32 = MAP_PRIVATE | MAP_ANONYMOUS;

/** The signal by which a child ends that does something. */
function endOf(act: (at: usize) => void, at: usize): i32 {
  const pid = fork();
  if (pid == 0) {
    act(at);
    exit(0);
  }
  const end = new ProcessEnd();
  end.wait(pid);
  return end.signal;
}

const readAt = (at: usize): void => {
  if (load<i32>(at) == 12345) exit(1);
};
const writeAt = (at: usize): void => store<i32>(at, 5);

function areas(): void {
  const at = <usize>mmap(0, 5 * PAGE, BOTH, PRIVATE, -1, 0);
  check(at >= MAP_START && (at & (PAGE - 1)) == 0, 'mmap');
  for (let page: usize = 0; page < 5; page++) {
    same(load<i32>(at + page * PAGE), 0, 'pages are zero');
    store<i32>(at + page * PAGE, <i32>page + 1);
  }
  same(munmap(at + PAGE, PAGE), 0, 'munmap in the middle');
  same(endOf(readAt, at + PAGE), SIGSEGV, 'what is unmapped');
  same(endOf(readAt, at + 2 * PAGE), 0, 'what is not');
  same(load<i32>(at + 2 * PAGE), 3, 'neighbours stay');
  same(mprotect(at, 2 * PAGE, PROT_READ), -ENOMEM, 'mprotect with a hole');
  same(mprotect(at + 2 * PAGE, PAGE, PROT_READ), 0, 'mprotect');
  same(load<i32>(at + 2 * PAGE), 3, 'it may be read');
  same(endOf(writeAt, at + 2 * PAGE), SIGSEGV, 'and not be written');
  same(mprotect(at + 2 * PAGE, PAGE, PROT_NONE), 0, 'no rights');
  same(endOf(readAt, at + 2 * PAGE), SIGSEGV, 'not even to be read');
  same(random(at + 2 * PAGE, 4), -EFAULT, 'nor for the kernel');
  same(mprotect(at + 2 * PAGE, PAGE, PROT_READ), 0, 'to read again');
  same(load<i32>(at + 2 * PAGE), 3, 'the page was kept');
  same(endOf(writeAt, at + 2 * PAGE), SIGSEGV, 'still not to be written');
  same(mprotect(at + 2 * PAGE, PAGE, BOTH), 0, 'all rights');
  store<i32>(at + 2 * PAGE, 4);
  same(mmap(at + 3 * PAGE, PAGE, BOTH, PRIVATE | MAP_FIXED, -1, 0), <i32>(at + 3 * PAGE), 'mmap over it');
  same(load<i32>(at + 3 * PAGE), 0, 'what was there is gone');
  same(munmap(at, 5 * PAGE), 0, 'all of it');
  same(mmap(1, PAGE, BOTH, PRIVATE | MAP_FIXED, -1, 0), -EINVAL, 'no whole page');
  same(mmap(0, 0, BOTH, PRIVATE, -1, 0), -EINVAL, 'nothing');
  same(mmap(0x7fff_f000, 2 * PAGE, BOTH, PRIVATE | MAP_FIXED, -1, 0), -EINVAL, "the kernel's");
}

/** Children share what was mapped shared, and copy the rest. */
function sharing(): void {
  const shared = <usize>mmap(0, PAGE, BOTH, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  const own = <usize>mmap(0, PAGE, BOTH, PRIVATE, -1, 0);
  store<i32>(shared, 1);
  store<i32>(own, 1);
  same(endOf(writeAt, shared), 0, 'a child writes');
  same(endOf(writeAt, own), 0, 'a child writes');
  same(load<i32>(shared), 5, 'shared memory');
  same(load<i32>(own), 1, 'private memory');
  munmap(shared, PAGE);
  munmap(own, PAGE);
}

let region: usize = 0;
let phase: i32 = 0;
const barrier = new Barrier(5);

/** Rights that are taken away are taken from all cores: threads that read a page see it change under them. */
function shootdown(): void {
  region = <usize>mmap(0, 64 * PAGE, BOTH, PRIVATE, -1, 0);
  const threads = new Array<Thread>();
  for (let i = 0; i < 4; i++) {
    threads.push(
      Thread.start((me: i32) => {
        let sum = 0;
        for (let round = 0; round < 10; round++) {
          for (let page: usize = 0; page < 64; page++) sum += atomic.load<i32>(region + page * PAGE + 4 * <usize>me);
          barrier.wait();
          barrier.wait();
        }
        return sum;
      }, i),
    );
  }
  for (let round = 0; round < 10; round++) {
    barrier.wait();
    // All have translations of the old frames now, and read zeroes in new ones.
    munmap(region, 64 * PAGE);
    mmap(region, 64 * PAGE, BOTH, PRIVATE | MAP_FIXED, -1, 0);
    for (let page: usize = 0; page < 64; page++) {
      for (let i: usize = 0; i < 4; i++) store<i32>(region + page * PAGE + 4 * i, 1);
    }
    barrier.wait();
  }
  for (let i = 0; i < 4; i++) same(threads[i].join(), 9 * 64, 'what a thread read');
  munmap(region, 64 * PAGE);
}

function heap(): void {
  const end = <usize>brk(0);
  same(brk(end + 3 * PAGE), <i32>(end + 3 * PAGE), 'brk');
  store<i32>(end + 2 * PAGE, 1);
  same(brk(end), <i32>end, 'brk back');
  same(endOf(readAt, (end + 2 * PAGE) & ~(PAGE - 1)), SIGSEGV, 'behind the end');
  const pages = memory.size();
  same(memory.grow(2), pages, 'memory.grow');
  same(memory.size(), pages + 2, 'memory.size');
  store<i32>((<usize>pages) << 16, 1);
  same(memory.grow(1 << 15), -1, 'too much');
  same(write(1, 0x8000_0000, 4), -EFAULT, "the kernel's memory");
  same(write(1, 0xc000_0000, 4), -EFAULT, 'RAM');
  same(endOf(readAt, 0x8000_0000), SIGSEGV, "the kernel's memory");
  same(endOf(writeAt, 0xc010_0000), SIGSEGV, 'RAM');
}

export function checkMemory(): void {
  areas();
  sharing();
  shootdown();
  heap();
}
