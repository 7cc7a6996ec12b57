// Programs in the place of others: exec by any thread, by several at once, and of files that change meanwhile.
import {
  Bytes,
  close,
  ENOEXEC,
  exec,
  exit,
  fork,
  ftruncate,
  kill,
  malloc,
  nanosleep,
  O_CREAT,
  O_RDONLY,
  O_WRONLY,
  open,
  ProcessEnd,
  pwrite,
  read,
  run,
  SIGKILL,
  Thread,
  threadExit,
  unlink,
  write,
  zeroTerminated,
} from '../../../../guest/posix/index';
import { check, same } from './check.assembly';

const STATUS: i32 = 7;
const buffer = malloc(4096);

/** What the programs below go on as: `main` returns while another thread sleeps. */
export function leaveThread(): i32 {
  Thread.start(() => {
    while (true) nanosleep(1_000_000_000);
    return 0;
  });
  return STATUS;
}

/** A thread goes on as `suite leave`. */
function becomeOther(): i32 {
  const args = zeroTerminated([Bytes.of('suite'), Bytes.of('leave')]);
  return exec(Bytes.of('/bin/suite').start, 10, args.start, args.length, 0, 0);
}

/** Whichever thread calls exec, the program's main thread is the one that is left. */
function execByThread(): void {
  const end = new ProcessEnd();
  const pid = fork();
  if (pid == 0) exit(Thread.start(() => becomeOther()).join());
  end.wait(pid);
  same(end.status, STATUS, 'exec by a second thread');
}

/** The last thread may be another one than the first; what it has ended with is kept to 8 bits. */
function lastThread(): void {
  const end = new ProcessEnd();
  const pid = fork();
  if (pid == 0) {
    Thread.start(() => {
      nanosleep(20_000);
      return 0x345;
    });
    threadExit(1);
  }
  end.wait(pid);
  same(end.signal, 0, 'it ends by itself');
  same(end.status, 0x45, 'what the last thread has ended with');
}

/** Threads that all want to go on as another program, or to end: one of them does. */
export function rivalExecs(): void {
  const end = new ProcessEnd();
  for (let round = 0; round < 16; round++) {
    const pid = fork();
    if (pid == 0) {
      for (let i = 0; i < 4; i++) Thread.start(() => becomeOther());
      if (round & 1) exit(STATUS);
      becomeOther();
    }
    end.wait(pid);
    same(end.status, STATUS, 'one of several that call exec');
  }
}

/** A program is started while somebody makes its file longer, and shorter. */
function changingFile(): void {
  const end = new ProcessEnd();
  const from = open(Bytes.of('/bin/echo').start, 9, O_RDONLY, 0);
  const path = Bytes.of('/tmp/program');
  const to = open(path.start, path.length, O_WRONLY | O_CREAT, 0o755);
  let bytes = 0;
  for (let count = 1; count > 0; bytes += count) {
    count = read(from, buffer, 4096);
    write(to, buffer, count);
  }
  const writer = fork();
  if (writer == 0) {
    for (let i = 0; ; i++) {
      pwrite(to, buffer, 4096, bytes + (i & 7) * 5000);
      if ((i & 7) == 7) ftruncate(to, bytes);
    }
  }
  for (let i = 0; i < 30; i++) {
    const pid = run(['/tmp/program']);
    check(pid > 0 || pid == -ENOEXEC, 'it is started or refused');
    if (pid > 0) end.wait(pid);
    nanosleep(1000 * i);
  }
  kill(writer, SIGKILL);
  end.wait(writer);
  ftruncate(to, bytes);
  close(from);
  close(to);
  end.wait(run(['/tmp/program']));
  same(end.status, 0, 'it is started as it was');
  same(unlink(path.start, path.length), 0, 'unlink');
}

export function checkPrograms(): void {
  execByThread();
  lastThread();
  rivalExecs();
  changingFile();
}
