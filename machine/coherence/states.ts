// The numbers of coherence: states of a line in a private hierarchy, events and actions of the protocol tables, requests of a core.

/** States of a line in a private hierarchy, weakest first. Stores need M; E becomes M by a store that nobody is told of. */
export const STATE_I = 0;
export const STATE_S = 1;
export const STATE_E = 2;
export const STATE_O = 3;
export const STATE_M = 4;
export const STATE_NAMES = ['I', 'S', 'E', 'O', 'M'] as const;
export type StateName = (typeof STATE_NAMES)[number];

/** What happens to a cache: by its own core (Load, Store, Replace), or because of another cache's request (the probes). */
export const EVENT_LOAD = 0;
export const EVENT_STORE = 1;
/** The line makes room for another. */
export const EVENT_REPLACE = 2;
/** Another cache wants to read. */
export const EVENT_GET_S = 3;
/** Another cache wants to write and needs the data. */
export const EVENT_GET_M = 4;
/** Another cache wants to write and needs no data: it has a copy (Upgrade), or writes all of the line (Claim). */
export const EVENT_INV = 5;
/** An inclusive shared cache gives the line up. */
export const EVENT_RECALL = 6;
export const EVENT_NAMES = ['Load', 'Store', 'Replace', 'GetS', 'GetM', 'Inv', 'Recall'] as const;
export type EventName = (typeof EVENT_NAMES)[number];
export const EVENTS = EVENT_NAMES.length;

/** Actions, as bits of a compiled row. */
export const ACTION_HIT = 1;
export const ACTION_GET_S = 2;
export const ACTION_GET_M = 4;
export const ACTION_UPGRADE = 8;
/** Tell the level below that the line is given up: without data. */
export const ACTION_PUT = 16;
/** Send the line to the level below: the shared cache, or memory at the home. */
export const ACTION_WRITE_BACK = 32;
/** Send the line to the requester. */
export const ACTION_DATA = 64;
/** Answer the requester without data. */
export const ACTION_ACK = 128;
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

/** What a core asks for. */
export const REQUEST_GET_S = 0;
export const REQUEST_GET_M = 1;
/** It has the line in S or O and wants to write. */
export const REQUEST_UPGRADE = 2;
/** To write all of the line: ownership without data. */
export const REQUEST_CLAIM = 3;
/** Past all caches. */
export const REQUEST_UNCACHED_READ = 4;
export const REQUEST_UNCACHED_WRITE = 5;
export const REQUEST_NAMES = ['GetS', 'GetM', 'Upgrade', 'Claim', 'uncached read', 'uncached write'] as const;

/** Who supplied the data of a transaction. */
export const SOURCE_NONE = 0;
export const SOURCE_MEMORY = 1;
export const SOURCE_SHARED = 2;
export const SOURCE_CORE = 3;
