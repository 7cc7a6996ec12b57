// A snooping bus: all caches see every request in one order and answer at once.
//
// Address and data have lines of their own, so a request may be snooped while another one's data passes. The bus is pipelined: a request keeps the
// address lines busy until it is on them (arbitration), and others follow while the caches still snoop. Data comes from the cache that supplies it
// or from memory, and keeps the data lines busy for its length.
// Everything is on one bus, also where the profile has several nodes; links are not used. Nobody on it keeps a list of who has a line.
import { ADDRESS_BUS, COHERENCE_BUS_BANDWIDTH, COHERENCE_BUS_BYTES, DATA_BUS } from '../../state/coherence-layout';
import { ARBITRATION_TICKS, BUS_LINE_TICKS, FIRST_BUS, LINE_SHIFT, SNOOP_TICKS, TRANSFER_TICKS } from './constants';
import { accessMemory, lengthTicks, readMemory, writeMemory } from './memory';
import { reserve } from './resources';

export function fetchOverBus(home: u32, at: i32, lineBusy: i32, needsData: bool, supplier: i32, writesBack: bool): i32 {
  const snooped = address(max(lineBusy, at));
  if (!needsData) return snooped;
  if (writesBack) writeMemory(home, snooped);
  return lineData(supplier < 0 ? readMemory(home, snooped) : snooped + TRANSFER_TICKS);
}

export function writeBackOverBus(home: u32, at: i32): void {
  writeMemory(home, lineData(address(at)));
}

export function uncachedOverBus(home: u32, bytes: u32, write: bool, at: i32): i32 {
  const addressed = address(at);
  const length = lengthTicks(bytes, load<f64>(COHERENCE_BUS_BANDWIDTH));
  if (write) return accessMemory(home, data(addressed, bytes, length), bytes);
  return data(accessMemory(home, addressed, bytes), bytes, length);
}

@inline
function address(at: i32): i32 {
  return reserve(FIRST_BUS + ADDRESS_BUS, at, ARBITRATION_TICKS) + ARBITRATION_TICKS + SNOOP_TICKS;
}

@inline
function lineData(at: i32): i32 {
  return data(at, 1 << LINE_SHIFT, BUS_LINE_TICKS);
}

function data(at: i32, bytes: u32, length: i32): i32 {
  store<f64>(COHERENCE_BUS_BYTES, load<f64>(COHERENCE_BUS_BYTES) + <f64>bytes);
  return reserve(FIRST_BUS + DATA_BUS, at, length) + length;
}
