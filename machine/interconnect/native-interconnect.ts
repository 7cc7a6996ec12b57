// What the native part of coherence (machine/native/coherence/index.ts) exports of links, rounds and queues. Times are ticks since the Origin.

export interface NativeInterconnect {
  /** A transaction begins at an absolute time, in ticks. */
  begin(time: number): void;
  reserve(resource: number, at: number, duration: number): number;
  send(from: number, to: number, kind: number, at: number): number;
  sendBytes(from: number, to: number, bytes: number, at: number): number;
  roundAll(home: number, node: number, at: number, supplier: number): number;
  roundUntilAnswer(home: number, node: number, at: number, supplier: number): number;
  roundRest(home: number, node: number, done: number, supplier: number): number;
  roundArrival(node: number): number;
}

/** Addresses in coherence's memory, by the names that native code knows them by (machine/native/coherence/constants.ts). */
export type InterconnectPlaces = Readonly<
  Record<
    | 'work'
    | 'busy'
    | 'fullUntil'
    | 'linkLatency'
    | 'linkLengths'
    | 'linkByteTicks'
    | 'linkSent'
    | 'linkRounds'
    | 'linkOdd'
    | 'linkOddBytes'
    | 'routes'
    | 'routeAt'
    | 'plans'
    | 'roundTimes'
    | 'planSteps',
    number
  >
>;
