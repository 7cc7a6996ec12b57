// The host locals of a translated body: the guest's variables, the clock and the frame, and what the emitters need besides.
import { F32, F64, I32, I64, type ValueType } from '../wasm/types.ts';
import { hostType } from './host-module.ts';
import type { Variables } from './variables.ts';

const WORK_TYPES: readonly ValueType[] = [I32, I32, I32, I32, I32, I64, I64, I32, I64, F32, F64];

/** The host parameters are the guest's first `params` variables, then clock and frame; everything else is declared. */
export class HostLocals {
  /** i64: the packed clock. */
  readonly clock: number;
  /** i32: address of the guest's frame. */
  readonly frame: number;
  /** i32: address of the running core's record. */
  readonly core: number;
  /** i32: the filter entry, table entry or descriptor in use. */
  readonly entry: number;
  /** i32: host address of the access that goes on. */
  readonly host: number;
  /** i32: the point at which execution leaves. */
  readonly point: number;
  /** i32: the place that a resumable body goes to next: a point to restore or, the number of resume points higher, one restored. */
  readonly resume: number;
  /** i64: guest address of an access, offset added. */
  readonly address: number;
  /** i64: the clock that the slow path answered; scratch for checks. */
  readonly next: number;
  /** The operand of a store, by OPERAND_TYPES; scratch for checks elsewhere. */
  readonly operands: readonly number[];

  readonly #variables: Variables;
  readonly #params: number;
  readonly #locals: (number | undefined)[] = [];
  #globals: number | undefined;
  /** Types of the declared host locals, parameters left out, in order. */
  readonly declared: ValueType[] = [];

  constructor(variables: Variables, params: number) {
    this.#variables = variables;
    this.#params = params;
    for (let variable = 0; variable < params; variable++) this.#locals.push(variable);
    this.clock = params;
    this.frame = params + 1;
    const first = params + 2;
    this.declared.push(...WORK_TYPES);
    this.core = first;
    this.entry = first + 1;
    this.host = first + 2;
    this.point = first + 3;
    this.resume = first + 4;
    this.address = first + 5;
    this.next = first + 6;
    this.operands = [first + 7, first + 8, first + 9, first + 10];
  }

  /** i32: address of the module's own globals in the link that runs; declared on first use. */
  get globals(): number {
    this.#globals ??= this.#declare(I32);
    return this.#globals;
  }

  #declare(type: ValueType): number {
    return this.#params + 1 + this.declared.push(type);
  }

  /** Host local of a variable. Operand stack variables appear while a body is emitted, so locals are declared on first use. */
  of(variable: number): number {
    let local = this.#locals[variable];
    if (local === undefined) {
      local = this.#declare(hostType(this.#variables.types[variable]));
      this.#locals[variable] = local;
    }
    return local;
  }
}
