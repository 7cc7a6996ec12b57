// Images for links: what they pay for finding their globals and tables in the link that runs, and that nothing else changes.
import { expect, it } from 'vitest';
import { SCALAR_CORE } from '../../../machine/index.ts';
import { translate } from '../../../machine/translate/translate.ts';
import { decodeModule } from '../../../machine/wasm/decode.ts';
import { validateModule } from '../../../machine/wasm/validate.ts';
import { assemble } from '../../host/assemble.ts';

async function translations(text: string): Promise<{ flat: Uint8Array; linked: Uint8Array }> {
  const module = decodeModule(await assemble(text));
  validateModule(module);
  const options = { mode: 'fast', lineBytes: 64, costs: SCALAR_CORE, privilege: 'user', tallies: false } as const;
  return {
    flat: translate(module, { ...options, linked: false }).bytes,
    linked: translate(module, { ...options, linked: true }).bytes,
  };
}

it('is the same code where no globals and tables are used', async () => {
  const { flat, linked } = await translations(`(module (memory 1) (global $g (mut i32) (i32.const 0)) (table 1 funcref)
    (func $f (param i32) (result i32) (loop $l (br_if $l (i32.load (local.get 0)))) (call $f (i32.const 1))))`);
  expect(linked).toEqual(flat);
});

it('adds up the address of a link once for all globals of a function', async () => {
  const use = '(global.set $g (i32.add (global.get $g) (i32.const 1)))';
  const growth = async (uses: number) => {
    const { flat, linked } = await translations(
      `(module (global $g (mut i32) (i32.const 0)) (func ${use.repeat(uses)}))`,
    );
    return linked.length - flat.length;
  };
  const few = await growth(2);
  expect(few).toBeGreaterThan(0);
  expect(await growth(20)).toBe(few);
});
