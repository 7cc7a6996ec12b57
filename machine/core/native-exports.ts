// What the native helper (machine/native) exports, as TypeScript and translated modules use it.

/** The native helper's functions, as host functions. */
export interface NativeExports {
  readonly access: unknown;
  readonly trap: unknown;
  readonly switchSpace: (space: number) => void;
  readonly bulkCopy: unknown;
  readonly bulkFill: unknown;
  readonly kernelCopy: unknown;
  readonly kernelFill: unknown;
  readonly resumeBulk: unknown;
  readonly resumeBuiltin: unknown;
  readonly resumeDone: unknown;
  readonly resumeTrapReturn: unknown;
  readonly cutRunningWindow: () => void;
  readonly pauseInSight: unknown;
  readonly release: (core: number) => void;
  readonly releaseAll: () => void;
  readonly contextSelf: unknown;
  readonly contextSwitch: unknown;
  readonly contextSwitchInGroup: unknown;
  readonly denied: unknown;
  readonly faultAddress: unknown;
  readonly fence: unknown;
  readonly flushPages: unknown;
  readonly forgetPage: unknown;
  readonly kernelLineZero: unknown;
  readonly kernelMonitor: unknown;
  readonly kernelPrefetch: unknown;
  readonly lineZero: unknown;
  readonly monitor: unknown;
  readonly prefetch: unknown;
  readonly setRoot: unknown;
  readonly interrupts: unknown;
  readonly syscall: unknown;
  readonly virtualGrow: unknown;
  readonly virtualSize: unknown;
  readonly setPageRoot: (core: number, root: number, space: number) => void;
  readonly run: (start: bigint, window: bigint, alone: bigint, limit: bigint, rotation: number) => number;
}

/** A function of the native helper over a frame: see machine/translate/native-thunk.ts. */
export type NativeBody = keyof Pick<
  NativeExports,
  | 'contextSelf'
  | 'contextSwitch'
  | 'contextSwitchInGroup'
  | 'denied'
  | 'faultAddress'
  | 'fence'
  | 'flushPages'
  | 'forgetPage'
  | 'interrupts'
  | 'kernelLineZero'
  | 'kernelMonitor'
  | 'kernelPrefetch'
  | 'lineZero'
  | 'monitor'
  | 'prefetch'
  | 'setRoot'
  | 'syscall'
  | 'virtualGrow'
  | 'virtualSize'
>;
