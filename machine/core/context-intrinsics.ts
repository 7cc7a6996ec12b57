// Contexts as guests use them: creating, copying, calling into and destroying them. Switching is native code (machine/native/context-switch.ts).
//
// Each answers a number that is not negative, or an error of machine/platform.ts, negated:
//   ESRCH    there is no such context
//   EBUSY    it runs, here or on another core, or it has nothing left to run; in user mode also: a kernel is at work on it
//   EINVAL   no such link, or no function at that index that takes the parameters, or one of the other privilege; a copy of another link
//   EPERM    in user mode: a context of another group
//   ENOMEM   too many contexts, or no room on its stack for one more call
import {
  EBUSY,
  EINVAL,
  ENOMEM,
  EPERM,
  ESRCH,
  INTRINSIC_CONTEXT_CREATE,
  INTRINSIC_CONTEXT_DESTROY,
  INTRINSIC_CONTEXT_FORK,
  INTRINSIC_CONTEXT_GROUP,
  INTRINSIC_TRACE_CALLS,
} from '../platform.ts';
import {
  CODE_DONE,
  CONTEXT_ANSWERS,
  CONTEXT_CORE,
  CONTEXT_CREATED,
  CONTEXT_DEPTH,
  CONTEXT_FLAGS,
  CONTEXT_ID,
  CONTEXT_TOP,
  CONTEXT_USER,
  CORE_CONTEXT,
  CORE_ID,
  CORE_TOP,
  FRAME_CODE,
  LEAVE_AGAIN,
  REG_CAUSE,
  REG_CORE,
  REG_TOP,
} from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';
import { chargeRunning } from '../time/clock.ts';
import { I32 } from '../wasm/types.ts';
import { backtrace } from './backtrace.ts';
import type { Context } from './context.ts';
import type { Contexts } from './contexts.ts';
import type { FunctionRef } from './external.ts';
import type { Builtin, FunctionTable } from './function-table.ts';
import { answer, type IntrinsicDefinition, parameter } from './intrinsic-definition.ts';
import type { Links } from './links.ts';
import type { TrapFrame } from './trap.ts';

export interface ContextIntrinsicParts {
  readonly memory: MachineMemory;
  readonly functions: FunctionTable;
  readonly contexts: Contexts;
  /** Asked for once a kernel runs. */
  readonly links: () => Links;
  /** What each takes but trace_calls, in ticks. */
  readonly cost: number;
  /** Told a context's calls, innermost first. */
  readonly calls: (context: number, frames: readonly TrapFrame[]) => void;
  /** To be called before the frames of another core are looked at. */
  readonly release: (core: number) => void;
}

export class ContextIntrinsics {
  readonly #memory: MachineMemory;
  readonly #functions: FunctionTable;
  readonly #contexts: Contexts;
  readonly #links: () => Links;
  readonly #cost: number;
  readonly #calls: ContextIntrinsicParts['calls'];
  readonly #release: ContextIntrinsicParts['release'];
  readonly #forkSelf: number;
  readonly #callSelf: number;
  readonly #traceSelf: number;

  constructor({ memory, functions, contexts, links, cost, calls, release }: ContextIntrinsicParts) {
    this.#memory = memory;
    this.#functions = functions;
    this.#contexts = contexts;
    this.#links = links;
    this.#cost = cost;
    this.#calls = calls;
    this.#release = release;
    this.#traceSelf = functions.resumption((frame) => this.#tell(frame, this.#self as Context, frame));
    this.#forkSelf = functions.resumption((frame) => this.#finishFork(frame));
    this.#callSelf = functions.resumption((frame) => this.#finishUpcall(frame));
  }

  definitions(): IntrinsicDefinition[] {
    const operation =
      (act: (frame: number) => number | true): Builtin =>
      (frame) => {
        const value = act(frame);
        if (value === true) return true;
        return answer(this.#memory, frame, value);
      };
    const upcall = operation((frame) => this.#upcall(frame, false));
    return [
      {
        name: 'context_create',
        number: INTRINSIC_CONTEXT_CREATE,
        params: [I32, I32, I32, I32],
        results: [I32],
        kernel: operation((f) => this.#create(f)),
      },
      { name: 'context_switch', params: [I32], results: [I32], kernel: 'contextSwitch', user: 'contextSwitchInGroup' },
      { name: 'context_self', params: [], results: [I32], kernel: 'contextSelf', user: 'contextSelf' },
      {
        name: 'context_upcall',
        params: [I32, I32, I32, I32],
        results: [I32],
        kernel: upcall,
        user: operation((frame) => this.#upcall(frame, true)),
      },
      {
        name: 'context_fork',
        number: INTRINSIC_CONTEXT_FORK,
        params: [I32, I32],
        results: [I32],
        kernel: operation((frame) => this.#fork(frame)),
      },
      {
        name: 'context_destroy',
        number: INTRINSIC_CONTEXT_DESTROY,
        params: [I32],
        results: [I32],
        kernel: operation((frame) => this.#destroy(frame)),
      },
      {
        name: 'context_group',
        number: INTRINSIC_CONTEXT_GROUP,
        params: [I32, I32],
        results: [I32],
        kernel: operation((frame) => this.#group(frame)),
      },
      {
        name: 'trace_calls',
        number: INTRINSIC_TRACE_CALLS,
        params: [I32],
        results: [I32],
        kernel: (frame) => this.#trace(frame),
      },
    ];
  }

  #word(frame: number, i: number): number {
    return parameter(this.#memory, frame, i);
  }

  /** The context that the running core is on. */
  get #self(): Context | undefined {
    const record = this.#memory.load32(this.#memory.load32(REG_CORE) + CORE_CONTEXT);
    return this.#contexts.of(this.#memory.load32(record + CONTEXT_ID));
  }

  /** A function of a link that may run as a user's, or as the kernel's. */
  #target(link: number, index: number, parameters: readonly number[], user: boolean): FunctionRef | undefined {
    const links = this.#links();
    const found = links.resolve(link, this.#functions.currentCore, index, parameters);
    return found && links.isUser(link) === user ? found : undefined;
  }

  #create(frame: number): number {
    chargeRunning(this.#memory, this.#cost);
    const link = this.#word(frame, 0);
    const user = this.#word(frame, 3) !== 0;
    const target = this.#target(link, this.#word(frame, 1), [0, 1], user);
    if (!target) return -EINVAL;
    const answers = target.type.results.length > 0 ? CONTEXT_ANSWERS : 0;
    const flags = CONTEXT_CREATED | answers | (user ? CONTEXT_USER : 0);
    const args = target.type.params.map(() => BigInt(this.#word(frame, 2)));
    const context = this.#contexts.create(target, args, flags);
    if (!context) return -ENOMEM;
    this.#links().begin(link, context);
    return context.id;
  }

  #fork(frame: number): number | true {
    chargeRunning(this.#memory, this.#cost);
    const context = this.#contexts.of(this.#word(frame, 0));
    if (!context) return -ESRCH;
    if (!this.#links().isCopy(context.link, this.#linkOfCopy(context, frame))) return -EINVAL;
    if (context === this.#self) return this.#functions.leaveToResume(frame, this.#forkSelf);
    if (!this.#contexts.isReady(context)) return -EBUSY;
    return this.#copy(context, this.#linkOfCopy(context, frame));
  }

  #linkOfCopy(context: Context, frame: number): number {
    return this.#word(frame, 1) || context.link;
  }

  #copy(context: Context, link: number): number {
    const copy = this.#contexts.fork(context);
    if (!copy) return -ENOMEM;
    this.#links().join(link, copy);
    return copy.id;
  }

  /** The running context is copied with the call of context_fork as its last frame, which answers 0 in the copy. */
  #finishFork(frame: number): boolean {
    const memory = this.#memory;
    const context = this.#self as Context;
    memory.store32(frame + FRAME_CODE, CODE_DONE);
    memory.store32(context.record + CONTEXT_TOP, frame);
    // The copy finds 0 where the answer goes, which is where the parameters are.
    const link = this.#linkOfCopy(context, frame);
    answer(memory, frame, 0);
    return answer(memory, frame, this.#copy(context, link));
  }

  #upcall(frame: number, inUserMode: boolean): number | true {
    chargeRunning(this.#memory, this.#cost);
    const memory = this.#memory;
    const context = this.#contexts.of(this.#word(frame, 0));
    if (!context) return -ESRCH;
    const self = this.#self;
    if (inUserMode) {
      const group = this.#contexts.group(context);
      if (group === 0 || !self || this.#contexts.group(self) !== group) return -EPERM;
    }
    const user = (memory.load32(context.record + CONTEXT_FLAGS) & CONTEXT_USER) !== 0;
    const target = this.#target(context.link, this.#word(frame, 1), [0, 1, 2], user);
    if (!target) return -EINVAL;
    if (context === self) return this.#functions.leaveToResume(frame, this.#callSelf);
    if (!this.#contexts.isReady(context)) return -EBUSY;
    if (inUserMode && memory.load32(context.record + CONTEXT_DEPTH) > 0) return -EBUSY;
    const args = this.#upcallArguments(frame, target);
    return context.call(target, args) === undefined ? -ENOMEM : 0;
  }

  /** Of the two words that an upcall passes as many as the function takes. */
  #upcallArguments(frame: number, target: FunctionRef): number[] {
    return target.type.params.map((_, i) => this.#word(frame, 2 + i));
  }

  /** The running context calls a function as soon as no kernel is at work on it, which in user mode is at once. */
  #finishUpcall(frame: number): boolean {
    const memory = this.#memory;
    const context = this.#self as Context;
    const { record } = context;
    const user = (memory.load32(record + CONTEXT_FLAGS) & CONTEXT_USER) !== 0;
    const target = this.#target(context.link, this.#word(frame, 1), [0, 1, 2], user) as FunctionRef;
    const args = this.#upcallArguments(frame, target);
    memory.store32(frame + FRAME_CODE, CODE_DONE);
    memory.store32(record + CONTEXT_TOP, frame);
    answer(memory, frame, 0);
    const moved = context.call(target, args);
    if (moved === undefined) return answer(memory, frame, -ENOMEM);
    memory.store32(REG_TOP, memory.load32(record + CONTEXT_TOP));
    memory.store32(REG_CAUSE, LEAVE_AGAIN);
    return true;
  }

  #destroy(frame: number): number {
    chargeRunning(this.#memory, this.#cost);
    const context = this.#contexts.of(this.#word(frame, 0));
    if (!context) return -ESRCH;
    if (this.#contexts.isOn(context)) return -EBUSY;
    this.#links().leave(context.link);
    this.#contexts.destroy(context);
    return 0;
  }

  #trace(frame: number): boolean {
    const context = this.#contexts.of(this.#word(frame, 0));
    if (!context) return answer(this.#memory, frame, -ESRCH);
    if (context === this.#self) return this.#functions.leaveToResume(frame, this.#traceSelf);
    const core = this.#memory.load32(context.record + CONTEXT_CORE);
    if (core === 0) return this.#tell(frame, context, context.top);
    this.#release(this.#memory.load32(core + CORE_ID));
    return this.#tell(frame, context, this.#memory.load32(core + CORE_TOP));
  }

  /** `top`: the context's frame on top; those below it are complete. */
  #tell(frame: number, context: Context, top: number): boolean {
    const frames = backtrace(this.#memory, this.#functions, top);
    const own = (this.#memory.load32(context.record + CONTEXT_FLAGS) & CONTEXT_USER) === 0 ? 'kernel' : 'user';
    const { id } = context;
    this.#calls(
      id,
      frames.filter(({ image }) => image.privilege === own),
    );
    return answer(this.#memory, frame, 0);
  }

  #group(frame: number): number {
    chargeRunning(this.#memory, this.#cost);
    const context = this.#contexts.of(this.#word(frame, 0));
    if (!context) return -ESRCH;
    this.#contexts.setGroup(context, this.#word(frame, 1));
    return 0;
  }
}
