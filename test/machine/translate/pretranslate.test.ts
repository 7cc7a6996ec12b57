// Translations made ahead of time: they come back as they were, and a machine that is given them is the one that makes them itself.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { guestFile } from '../../../host/guest-programs.ts';
import { Machine, pretranslate, pretranslationKey, profileNamed, WasmError } from '../../../machine/index.ts';
import { SCALAR_CORE } from '../../../machine/translate/charge.ts';
import type { TranslationOptions } from '../../../machine/translate/context.ts';
import { decodeTranslation, encodeTranslation, translationKey } from '../../../machine/translate/pretranslate.ts';
import { translate } from '../../../machine/translate/translate.ts';
import { decodeModule } from '../../../machine/wasm/decode.ts';
import { Choices } from '../../fuzz/choices.ts';
import { generateProgram } from '../../fuzz/program.ts';
import { Random } from '../../fuzz/random.ts';

const SEED = 20261;
const OPTIONS: TranslationOptions = {
  mode: 'fast',
  lineBytes: 64,
  costs: SCALAR_CORE,
  privilege: 'user',
  linked: false,
  tallies: false,
};

it('come back as they were', () => {
  for (let seed = 1; seed <= 8; seed++) {
    const translation = translate(decodeModule(generateProgram(new Choices(new Random(SEED, seed)))), OPTIONS);
    const known = { translation, settled: [seed, 1000 * seed] };
    expect(decodeTranslation(encodeTranslation(known)), `seed ${seed}`).toEqual(known);
  }
});

it('are refused when they are cut off', () => {
  const translation = translate(decodeModule(generateProgram(new Choices(new Random(SEED, 7)))), OPTIONS);
  const record = encodeTranslation({ translation, settled: [2, 300] });
  const step = Math.ceil(record.length / 500);
  for (let length = 0; length < record.length; length += step) {
    expect(() => decodeTranslation(record.slice(0, length)), `${length} bytes`).toThrow(WasmError);
  }
});

it('have a key that every option changes', () => {
  const others: Partial<TranslationOptions>[] = [
    {},
    { mode: 'checked' },
    { lineBytes: 128 },
    { costs: { ...SCALAR_CORE, load: SCALAR_CORE.load + 0.125 } },
    { privilege: 'kernel' },
    { linked: true },
    { tallies: true },
  ];
  expect(new Set(others.map((other) => translationKey({ ...OPTIONS, ...other }))).size).toBe(others.length);
});

it('make the same machine', () => {
  const profile = profileNamed('amd-4x4');
  const bytes = new Uint8Array(readFileSync(guestFile('quicksort')));
  const record = pretranslate(bytes, { profile, kind: 'user' });
  const asked: string[] = [];
  const [made, found] = [undefined, record].map((answer) => {
    const machine = new Machine({
      profile,
      cores: 2,
      storedTranslation: (module, key) => {
        expect(module).toBe(bytes);
        asked.push(key);
        return answer;
      },
    });
    const image = machine.load(bytes);
    for (let core = 0; core < 2; core++) machine.start(core, machine.instantiate(image), 'run', [3n]);
    expect(machine.run().reason).toBe('finished');
    return { digest: machine.digest(), time: machine.time, code: image.codeHash, statistics: image.statistics };
  });
  expect(found).toEqual(made);
  const key = pretranslationKey({ profile, kind: 'user' });
  expect(asked).toEqual([key, key]);
});
