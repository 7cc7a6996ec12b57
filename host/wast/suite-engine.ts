// What the test-suite runner asks of an engine. The machine implements it (`machine-engine.ts`), and so does plain V8 in
// the tests of the runner, which is how the runner itself is known to be right.
import type { TypedBits, TypeName } from './script.ts';

/** Why an engine refused or stopped. */
export interface Refusal {
  /**
   * `refused` is for an engine that does not tell a malformed module from an invalid one. `internal` is a defect: it
   * never fulfils an expectation.
   */
  kind: 'malformed' | 'invalid' | 'unsupported' | 'refused' | 'link' | 'trap' | 'internal';
  /** The message in the specification's words; several where the engine's own message covers several of them. */
  messages: string[];
}

export interface SuiteEngine<Instance> {
  /** Decodes and validates, and no more. Throws. */
  check(bytes: Uint8Array): void;
  /** Imports come from the registered instances and from the suite's module `spectest`. Throws. */
  instantiate(bytes: Uint8Array, registered: ReadonlyMap<string, Instance>): Instance;
  /** Calls an export; throws when it traps. */
  invoke(instance: Instance, name: string, args: TypedBits[], results: TypeName[]): bigint[];
  /** The bits of an exported global. */
  global(instance: Instance, name: string): bigint;
  /** What an error thrown by one of the others means. */
  explain(error: unknown): Refusal;
}
