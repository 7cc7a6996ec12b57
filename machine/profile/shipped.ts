// The machines that come with Manycore, by name.
import { readProfile } from './load.ts';
import { nearest, ProfileError } from './problem.ts';
import amd2x2 from './profiles/amd-2x2.json' with { type: 'json' };
import amd4x4 from './profiles/amd-4x4.json' with { type: 'json' };
import amd8x4 from './profiles/amd-8x4.json' with { type: 'json' };
import epycGenoa from './profiles/epyc-genoa.json' with { type: 'json' };
import graviton from './profiles/graviton.json' with { type: 'json' };
import ibmS85 from './profiles/ibm-s85.json' with { type: 'json' };
import intel2x4 from './profiles/intel-2x4.json' with { type: 'json' };
import xeonSpr from './profiles/xeon-spr.json' with { type: 'json' };
import { type MachineProfile, MOST_CORES } from './schema.ts';
import { uniform } from './uniform.ts';

/** The machines of the papers, then current ones. */
const DOCUMENTS: readonly { readonly name: string }[] = [
  ibmS85,
  intel2x4,
  amd2x2,
  amd4x4,
  amd8x4,
  epycGenoa,
  xeonSpr,
  graviton,
];

/** Every shipped profile. There is also `uniform-N` for 1 to 128 cores. */
export const PROFILE_NAMES: readonly string[] = DOCUMENTS.map(({ name }) => name);

/** A fresh copy of a shipped profile, or of `uniform-N`. Throws ProfileError for a name that there is not. */
export function profileNamed(name: string): MachineProfile {
  const document = DOCUMENTS.find((candidate) => candidate.name === name);
  if (document) return readProfile(document);
  const cores = /^uniform-([1-9]\d{0,2})$/.exec(name);
  if (cores && Number(cores[1]) <= MOST_CORES) return uniform(Number(cores[1]));
  const meant = nearest(name, PROFILE_NAMES);
  const hint = meant === undefined ? '' : ` (did you mean ${JSON.stringify(meant)}?)`;
  const message = `unknown${hint}; there are ${PROFILE_NAMES.join(', ')}, and uniform-1 to uniform-${MOST_CORES}`;
  throw new ProfileError(JSON.stringify(name), [{ path: 'name', message }]);
}
