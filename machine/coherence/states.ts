// The names of coherence's numbers (machine/state/coherence-layout.ts): states of a line in a private hierarchy, events and actions of the protocol
// tables, requests of a core.
import {
  ACTION_ACK,
  ACTION_DATA,
  ACTION_GET_M,
  ACTION_GET_S,
  ACTION_HIT,
  ACTION_PUT,
  ACTION_UPGRADE,
  ACTION_WRITE_BACK,
} from '../state/coherence-layout.ts';

export {
  EVENT_GET_M,
  EVENT_GET_S,
  EVENT_INV,
  EVENT_LOAD,
  EVENT_RECALL,
  EVENT_REPLACE,
  EVENT_STORE,
  EVENTS,
  REQUEST_CLAIM,
  REQUEST_GET_M,
  REQUEST_GET_S,
  REQUEST_UNCACHED_READ,
  REQUEST_UNCACHED_WRITE,
  REQUEST_UPGRADE,
  SOURCE_CORE,
  SOURCE_MEMORY,
  SOURCE_NONE,
  SOURCE_SHARED,
  STATE_E,
  STATE_I,
  STATE_M,
  STATE_O,
  STATE_S,
} from '../state/coherence-layout.ts';

export const STATE_NAMES = ['I', 'S', 'E', 'O', 'M'] as const;
export type StateName = (typeof STATE_NAMES)[number];

export const EVENT_NAMES = ['Load', 'Store', 'Replace', 'GetS', 'GetM', 'Inv', 'Recall'] as const;
export type EventName = (typeof EVENT_NAMES)[number];

/** Bits of a compiled row. */
export const ACTION_BITS = {
  Hit: ACTION_HIT,
  GetS: ACTION_GET_S,
  GetM: ACTION_GET_M,
  Upgrade: ACTION_UPGRADE,
  Put: ACTION_PUT,
  WriteBack: ACTION_WRITE_BACK,
  Data: ACTION_DATA,
  Ack: ACTION_ACK,
} as const;
export type ActionName = keyof typeof ACTION_BITS;

export const REQUEST_NAMES = ['GetS', 'GetM', 'Upgrade', 'Claim', 'uncached read', 'uncached write'] as const;
