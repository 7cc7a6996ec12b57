// Lines that somebody waits for (MONITOR, polling). No private cache gets such a line in E, so that the first store to it by a core that
// has not the right already becomes a transaction.
import { COHERENCE_MONITORED, MONITORS } from '../../state/coherence-layout';

@inline
export function isMonitored(line: u32): bool {
  const count = load<u32>(COHERENCE_MONITORED);
  return count != 0 && isListed(line, count);
}

function isListed(line: u32, count: u32): bool {
  for (let i: u32 = 0; i < count; i++) {
    if (load<u32>(MONITORS + (i << 2)) == line) return true;
  }
  return false;
}
