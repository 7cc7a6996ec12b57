// For the programs of these tests: what must hold, by name. The first thing that does not ends the process with status 1.
import { err, quit } from '../../../../guest/posix/index';

export function check(holds: bool, what: string): void {
  if (holds) return;
  err.text('failed: ').text(what).text('\n');
  quit(1);
}

export function same(found: i64, expected: i64, what: string): void {
  if (found == expected) return;
  err.text('failed: ').text(what).text(': found ').number(found).text(', expected ').number(expected).text('\n');
  quit(1);
}
