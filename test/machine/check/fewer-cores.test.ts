// A machine with fewer cores than its profile has.
import { expect, it } from 'vitest';
import { instantiatePerCore } from '../../../host/per-core.ts';
import { Machine, profileNamed } from '../../../machine/index.ts';
import { assemble } from '../../host/assemble.ts';

it('is audited for the cores that it has', async () => {
  const profile = profileNamed('epyc-genoa');
  const machine = new Machine({ ...(profile && { profile }), cores: 2, ramBytes: 1 << 23, audit: true });
  const program = await assemble(`(module (memory 1)
    (func (export "run") (local $i i32)
      (loop $l
        (i32.store (local.get $i) (local.get $i))
        (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 64))) (i32.const 65536))))))`);
  for (const [core, instance] of instantiatePerCore(machine, machine.load(program)).entries())
    machine.start(core, instance, 'run');
  expect(machine.run().reason).toBe('finished');
});
