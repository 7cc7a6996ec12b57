// Parked cores: they poll, and nothing is executed for them until something happens that they would notice, or somebody looks. What TypeScript has
// to do with that; finding such cores and bringing them up to date is native code (machine/native/polling.ts and parking.ts).
import { recordOf, type SleepListener, WAKE_LINE } from '../interrupt/sleepers.ts';
import { CORE_PARKED, CORE_STATE, CORE_TIME, CORE_TOP, REG_CORE, SLEEPS_PARKED } from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';
import {
  CORE_PAUSES,
  CORE_POLL_AREA,
  CORE_POLL_LINE_COUNT,
  CORE_POLL_LINES,
  POLL_AREA_BYTES,
  REG_PARKED,
  REG_PARKING,
  REG_PARKINGS,
  REG_TURN,
} from '../state/parking-layout.ts';
import { loadTime } from '../time/clock.ts';
import { backtrace } from './backtrace.ts';
import type { FunctionTable } from './function-table.ts';
import type { NativeExports } from './native-exports.ts';
import { SettledCode } from './settled-code.ts';

/** Pauses until a core is looked at for the first time. */
const FIRST_PAUSES = 4;

export class Parking {
  /** Told of cores that are parked (SLEEPS_PARKED), and of those that go on. */
  listener: SleepListener | undefined;
  readonly #memory: MachineMemory;
  readonly #native: () => NativeExports;
  readonly #functions: FunctionTable;
  readonly #settled: SettledCode;
  readonly #cores: number;

  /** With `enabled` false no core is ever parked. */
  constructor(
    memory: MachineMemory,
    native: () => NativeExports,
    functions: FunctionTable,
    cores: number,
    enabled: boolean,
  ) {
    this.#memory = memory;
    this.#native = native;
    this.#functions = functions;
    this.#settled = new SettledCode(memory, functions);
    this.#cores = cores;
    if (!enabled) return;
    memory.store32(REG_PARKING, 1);
    for (let core = 0; core < cores; core++) {
      memory.store32(recordOf(core) + CORE_POLL_AREA, memory.allocate(POLL_AREA_BYTES, 64));
      memory.store32(recordOf(core) + CORE_PAUSES, FIRST_PAUSES);
    }
  }

  /** Cores that are parked. */
  get count(): number {
    return this.#memory.load32(REG_PARKED);
  }

  /** How often a core was parked. It says something of the host's work, and nothing of the emulated machine. */
  get parkings(): number {
    return Number(this.#memory.load64(REG_PARKINGS));
  }

  /** Whether it is the core's turn in a window: then it stands where it seems to, parked or not. */
  hasTurn(core: number): boolean {
    return this.#memory.load32(REG_TURN) !== 0 && this.#memory.load32(REG_CORE) === recordOf(core);
  }

  /** To be called before something happens to a core that the memory system does not see, such as an interrupt. */
  release(core: number): void {
    this.#native().release(core);
  }

  /** To be called before somebody looks at the machine or changes it from outside: all cores are where they would be. */
  releaseAll(): void {
    this.#native().releaseAll();
  }

  /** What the native helper tells and asks. */
  get imports(): Record<'parked' | 'unparked' | 'examine', (...words: number[]) => unknown> {
    const time = (core: number) => loadTime(this.#memory, recordOf(core) + CORE_TIME);
    return {
      examine: (code, point) => this.#settled.examine(code, point),
      parked: (core) => this.listener?.sleep?.(core, time(core), SLEEPS_PARKED),
      unparked: (core) => this.listener?.wake?.(core, time(core), WAKE_LINE, -1),
    };
  }

  /** What parked cores wait for, in words: a line for each. */
  describe(): string {
    const memory = this.#memory;
    const lines = ['every core that does not sleep polls, and nothing is left that could change what it reads'];
    for (let core = 0; core < this.#cores; core++) {
      const record = recordOf(core);
      if (memory.load32(record + CORE_STATE) !== CORE_PARKED) continue;
      const count = memory.load32(record + CORE_POLL_LINE_COUNT);
      const polled = Array.from({ length: count }, (_, i) => memory.load32(record + CORE_POLL_LINES + 4 * i));
      const [frame] = backtrace(memory, this.#functions, memory.load32(record + CORE_TOP));
      const where = frame ? ` in ${frame.name} at byte 0x${frame.offset.toString(16)}` : '';
      const what = count === 0 ? 'no memory' : `physical ${count === 1 ? 'line' : 'lines'} ${polled.join(', ')}`;
      lines.push(`core ${core} polls ${what}${where}`);
    }
    return lines.join('\n');
  }
}
