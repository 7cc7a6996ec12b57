// Cores, units and nodes by their numbers. A unit is what the fabric connects: a group with its shared cache, or a core where there is none.
import { CORES_PER_NODE, CORES_PER_UNIT, GROUPED, NODES, UNITS_PER_NODE } from './constants';

@inline
export function unitOf(core: u32): u32 {
  return GROUPED != 0 ? core / CORES_PER_UNIT : core;
}

@inline
export function nodeOfUnit(unit: u32): u32 {
  return NODES == 1 ? 0 : unit / UNITS_PER_NODE;
}

@inline
export function nodeOf(core: u32): u32 {
  return NODES == 1 ? 0 : core / CORES_PER_NODE;
}
