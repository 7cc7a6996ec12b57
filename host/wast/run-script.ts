// Runs one script of the official suite on an engine and counts. Every command but `module` and `register` is an
// assertion; these two count only when they fail, as everything after them depends on them.
import {
  type Action,
  argumentOf,
  type Command,
  describe,
  fulfils,
  resultType,
  type Script,
  type ScriptValue,
} from './script.ts';
import type { Refusal, SuiteEngine } from './suite-engine.ts';

export interface ScriptFailure {
  line: number;
  message: string;
}

export interface ScriptOutcome {
  passed: number;
  failed: number;
  /** Assertions about modules that exist only as text, or that a later standard has lifted. */
  skipped: number;
  failures: ScriptFailure[];
}

/** `readModule` gets the bytes of a module by its file name in the script. */
export function runScript<Instance>(
  script: Script,
  readModule: (filename: string) => Uint8Array,
  engine: SuiteEngine<Instance>,
): ScriptOutcome {
  return new ScriptRunner(readModule, engine).run(script);
}

class ScriptRunner<Instance> {
  private latest: Instance | undefined;
  private readonly named = new Map<string, Instance>();
  private readonly registered = new Map<string, Instance>();
  private readonly readModule: (filename: string) => Uint8Array;
  private readonly engine: SuiteEngine<Instance>;

  constructor(readModule: (filename: string) => Uint8Array, engine: SuiteEngine<Instance>) {
    this.readModule = readModule;
    this.engine = engine;
  }

  run(script: Script): ScriptOutcome {
    const outcome: ScriptOutcome = { passed: 0, failed: 0, skipped: 0, failures: [] };
    for (const command of script.commands) {
      if (command.module_type === 'text' || isSuperseded(command)) {
        outcome.skipped++;
        continue;
      }
      const problem = this.problemOf(command);
      if (problem !== undefined) {
        outcome.failed++;
        outcome.failures.push({ line: command.line, message: `${title(command)}: ${problem}` });
      } else if (command.type !== 'module' && command.type !== 'register') {
        outcome.passed++;
      }
    }
    return outcome;
  }

  /** What is wrong with the outcome of a command, or undefined when it is as it must be. */
  private problemOf(command: Command): string | undefined {
    switch (command.type) {
      case 'module':
        return this.defineModule(command);
      case 'register':
        return this.registerModule(command);
      case 'action':
      case 'assert_return':
        return this.expectReturn(command);
      case 'assert_trap':
      case 'assert_exhaustion':
        return this.expectRefusal(command, ['trap'], () => this.perform(command));
      case 'assert_invalid':
        return this.expectRefusal(command, ['invalid', 'refused'], () => this.engine.check(this.bytesOf(command)));
      case 'assert_malformed':
        return this.expectRefusal(command, ['malformed', 'refused'], () => this.engine.check(this.bytesOf(command)));
      case 'assert_unlinkable':
        return this.expectRefusal(command, ['link'], () => this.instantiate(command));
      case 'assert_uninstantiable':
        return this.expectRefusal(command, ['trap'], () => this.instantiate(command));
      default:
        return 'this command is not known';
    }
  }

  private defineModule(command: Command): string | undefined {
    // Whatever follows must not run on the module before this one.
    this.latest = undefined;
    if (command.name !== undefined) this.named.delete(command.name);
    try {
      this.latest = this.instantiate(command);
    } catch (error) {
      return explained(this.engine.explain(error));
    }
    if (command.name !== undefined) this.named.set(command.name, this.latest);
    return undefined;
  }

  private registerModule(command: Command): string | undefined {
    const instance = command.name === undefined ? this.latest : this.named.get(command.name);
    if (instance === undefined) return 'there is no such module';
    this.registered.set(command.as ?? '', instance);
    return undefined;
  }

  private expectReturn(command: Command): string | undefined {
    let results: bigint[];
    try {
      results = this.perform(command);
    } catch (error) {
      return explained(this.engine.explain(error));
    }
    // A bare action expects nothing of its results but that there are as many as it says.
    const expected = command.expected ?? [];
    if (results.length !== expected.length) return `${results.length} results, expected ${expected.length}`;
    const wrong = expected.findIndex((value, i) => !fulfils(results[i] ?? 0n, value));
    if (wrong < 0) return undefined;
    return `result ${wrong} is ${results[wrong]}, expected ${describe(expected[wrong] as ScriptValue)}`;
  }

  private expectRefusal(command: Command, kinds: Refusal['kind'][], attempt: () => unknown): string | undefined {
    try {
      attempt();
    } catch (error) {
      const refusal = this.engine.explain(error);
      const text = command.text ?? '';
      // A module that needs an unsupported feature is refused for the reason that the suite expects, if it says so.
      const named = refusal.kind === 'unsupported' && kinds.includes('invalid');
      if (named && refusal.messages.some((message) => message.includes(text))) return undefined;
      if (!kinds.includes(refusal.kind)) return `expected ${kinds[0]} "${text}", got ${explained(refusal)}`;
      // The suite's texts for refused modules are the reference interpreter's own words; for traps and links they are
      // the specification's. As in the reference interpreter, the actual message must begin with the expected one; an
      // index after the message ("uninitialized element 2") is its own addition.
      const worded = refusal.kind === 'trap' || refusal.kind === 'link';
      const prefix = text.replace(/ \d+$/, '');
      if (worded && !refusal.messages.some((message) => message.startsWith(prefix))) {
        return `expected "${text}", got ${explained(refusal)}`;
      }
      return undefined;
    }
    return `expected ${kinds[0]} "${command.text ?? ''}", but it succeeded`;
  }

  private perform(command: Command): bigint[] {
    const action = command.action as Action;
    const instance = action.module === undefined ? this.latest : this.named.get(action.module);
    if (instance === undefined) throw new Error(`there is no module ${action.module ?? ''} to act on`);
    if (action.type === 'get') return [this.engine.global(instance, action.field)];
    const results = (command.expected ?? []).map(resultType);
    return this.engine.invoke(instance, action.field, (action.args ?? []).map(argumentOf), results);
  }

  private instantiate(command: Command): Instance {
    return this.engine.instantiate(this.bytesOf(command), this.registered);
  }

  private bytesOf(command: Command): Uint8Array {
    return this.readModule(command.filename ?? '');
  }
}

/**
 * The threads proposal's scripts stand on WebAssembly 1.0, where a second table was invalid; reference types, which the
 * rest of the suite tests, allow it.
 */
function isSuperseded(command: Command): boolean {
  return command.type === 'assert_invalid' && command.text === 'multiple tables';
}

function title(command: Command): string {
  const action = command.action;
  if (action === undefined) return `${command.type} ${command.filename ?? command.as ?? ''}`;
  return `${command.type} ${action.type} "${action.field}"(${(action.args ?? []).map(describe).join(', ')})`;
}

function explained(refusal: Refusal): string {
  return `${refusal.kind} "${refusal.messages.join(' or ')}"`;
}
