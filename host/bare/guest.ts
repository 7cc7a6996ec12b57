// What the host knows of a bare-metal guest: its parameters, and how the values that it reports become a table.
import type { MachineProfile } from '../../machine/index.ts';
import type { Cell, Column } from '../table.ts';

/** The machine that a guest is about to run on. */
export interface Setting {
  profile: MachineProfile;
  /** Cores that take part: 0 to cores - 1. */
  cores: number;
}

/** Values by name: what the guest's command line says. */
export type Parameters = ReadonlyMap<string, readonly number[]>;

/** A number or a list of numbers on the guest's command line. Names are those that the guest asks for. */
export interface Parameter {
  name: string;
  /** For help: what it is, with its unit. */
  meaning: string;
  /** Whether several values make sense; else it is one. */
  list?: boolean;
  least: number;
  /** Of what counts or names cores, what the setting has. */
  most: number | ((setting: Setting) => number);
  /** The value when the user gives none, where the guest's own does not do. */
  value?: (setting: Setting) => readonly number[];
}

/**
 * A guest reports values by `ROW COLUMN`, the row as a number. Each row of the table begins with a label made from that number; the other
 * cells are the values, in the order of `columns`.
 */
export interface BareGuest {
  name: string;
  title: string;
  parameters: readonly Parameter[];
  /** Cores that it can do with, and how many it takes when nobody says: all that there are unless it is `one`. */
  leastCores: number;
  uses: 'all' | 'one';
  /** RAM that each core's arena takes; a megabyte when it does not say. */
  arenaBytes?: (parameters: Parameters) => number;
  /** The column of labels. */
  label: Column;
  labelOf: (row: number, setting: Setting, parameters: Parameters) => Cell;
  columns: (setting: Setting) => readonly Column[];
}
