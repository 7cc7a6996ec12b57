// The smallest program that talks to the machine: it logs one line and exits with status 0.

@external('machine', 'log')
declare function log(address: usize, lengthBytes: i32): void;

@external('machine', 'exit')
declare function exit(code: i32): void;

/** Entry point. */
export function _start(): void {
  const message = String.UTF8.encode('hello from an emulated core\n');
  log(changetype<usize>(message), message.byteLength);
  exit(0);
}
