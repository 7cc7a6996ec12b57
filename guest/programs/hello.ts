// The smallest program that talks to the machine: it logs one line and exits with status 0.

// @ts-ignore: decorator
@external("machine", "log")
declare function log(address: usize, lengthBytes: i32): void;

// @ts-ignore: decorator
@external("machine", "exit")
declare function exit(code: i32): void;

/** UTF-8 bytes of the message. */
const message = String.UTF8.encode("hello from a core of its own\n");

/** Entry point. */
export function _start(): void {
  log(changetype<usize>(message), message.byteLength);
  exit(0);
}
