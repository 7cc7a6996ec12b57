// The console and the routes of interrupts of devices, as kernels use them.
//
// Each answers a number that is not negative, or an error of machine/platform.ts, negated:
//   EFAULT   the bytes are not mapped, or not to be written
//   EAGAIN   nothing has arrived yet
//   EINVAL   no such stream, device, core or vector
import type { CoherenceController } from '../coherence/controller.ts';
import type { Console } from '../device/console.ts';
import * as platform from '../platform.ts';
import { REG_ACCESS_BYTES } from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';
import { chargeRunning, runningTime } from '../time/clock.ts';
import type { FunctionTable } from './function-table.ts';
import { readBytes, writeBytes } from './guest-text.ts';
import { type IntrinsicDefinition, onWords } from './intrinsic-definition.ts';

export interface ConsoleIntrinsicParts {
  readonly memory: MachineMemory;
  readonly functions: FunctionTable;
  readonly coherence: CoherenceController;
  readonly console: Console;
  readonly cores: number;
  /** Until an interrupt of a device arrives, in ticks. */
  readonly latency: number;
  /** Bytes for the people outside. */
  readonly write: (stream: number, bytes: Uint8Array) => void;
}

/** The device's registers are as far away as memory: bytes of one access. */
const REGISTER_BYTES = 4;
/** Where they are: at the home of this physical address. */
const REGISTER_ADDRESS = 0;

export class ConsoleIntrinsics {
  readonly #parts: ConsoleIntrinsicParts;

  constructor(parts: ConsoleIntrinsicParts) {
    this.#parts = parts;
  }

  definitions(): IntrinsicDefinition[] {
    const define = (name: string, number: number, count: number, act: (...words: number[]) => number) =>
      onWords(this.#parts.memory, name, number, count, act);
    return [
      define('console_write', platform.INTRINSIC_CONSOLE_WRITE, 3, (...words) => this.#write(...(words as Words))),
      define('console_read', platform.INTRINSIC_CONSOLE_READ, 2, (va, bytes) => this.#read(va, bytes)),
      define('interrupt_route', platform.INTRINSIC_INTERRUPT_ROUTE, 3, (...words) => this.#route(...(words as Words))),
    ];
  }

  /** One access past all caches. */
  #access(write: boolean): void {
    const { memory, coherence, functions } = this.#parts;
    const now = runningTime(memory);
    // No instruction makes it.
    memory.store32(REG_ACCESS_BYTES, 0);
    const done = coherence.uncached(functions.currentCore, REGISTER_ADDRESS, REGISTER_BYTES, write, now);
    chargeRunning(memory, Math.ceil(done - now));
  }

  #write(stream: number, address: number, length: number): number {
    if (stream !== platform.CONSOLE_OUTPUT && stream !== platform.CONSOLE_ERRORS) return -platform.EINVAL;
    const bytes = readBytes(this.#parts.functions.currentSpace, address, length);
    if (!bytes) return -platform.EFAULT;
    this.#access(true);
    this.#parts.write(stream, bytes);
    return length;
  }

  #read(address: number, length: number): number {
    const { console, functions } = this.#parts;
    this.#access(false);
    const bytes = console.peek(length);
    if (!bytes) return -platform.EAGAIN;
    if (!writeBytes(functions.currentSpace, address, bytes)) return -platform.EFAULT;
    console.take(bytes.length);
    return bytes.length;
  }

  #route(device: number, core: number, vector: number): number {
    const { cores, console, memory, latency } = this.#parts;
    if (device !== platform.DEVICE_CONSOLE || core >= cores || vector >= platform.VECTORS) return -platform.EINVAL;
    console.route({ core, vector }, runningTime(memory) + latency);
    return 0;
  }
}

type Words = [number, number, number];
