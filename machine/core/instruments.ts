// Who is told what instruments tell: the digest, the host, and whoever observes.
import { TICKS_PER_CYCLE } from '../state/layout.ts';
import { type Digest, EVENT_CONSOLE, EVENT_EXIT, EVENT_LOG, EVENT_MARK, EVENT_REPORT, EVENT_SAVE } from './digest.ts';
import type { Instruments } from './intrinsics.ts';
import type { HostOptions } from './machine-options.ts';

/** Times are ticks. */
export interface InstrumentListener {
  log?(core: number, time: number, text: string): void;
  mark?(core: number, time: number, name: string, value: bigint): void;
  report?(core: number, time: number, name: string, value: number): void;
  label?(core: number, time: number, physical: number, bytes: number, name: string): void;
  tally?(core: number, object: number, event: number, physical: () => number | undefined): void;
  stop?(core: number, time: number, what: string): void;
}

/** `exited` is told the exit code. */
export function instruments(
  digest: Digest,
  host: HostOptions,
  listener: InstrumentListener | undefined,
  exited: (code: number) => void,
): Instruments {
  const event = (kind: number, core: number, cycle: number) => {
    const time = Math.round(cycle * TICKS_PER_CYCLE);
    digest.event(kind, core, BigInt(time));
    return time;
  };
  return {
    log: (core, cycle, text) => {
      const time = event(EVENT_LOG, core, cycle);
      digest.addText(text);
      host.onLog?.(core, text, cycle);
      listener?.log?.(core, time, text);
    },
    mark: (core, cycle, name, value) => {
      const time = event(EVENT_MARK, core, cycle);
      digest.addText(name);
      digest.add64(value);
      host.onMark?.(core, name, value, cycle);
      listener?.mark?.(core, time, name, value);
    },
    report: (core, cycle, name, value) => {
      const time = event(EVENT_REPORT, core, cycle);
      digest.addText(name);
      digest.add64(BigInt(new BigInt64Array(Float64Array.of(value).buffer)[0]));
      host.onReport?.(core, name, value, cycle);
      listener?.report?.(core, time, name, value);
    },
    save: (core, cycle, name, bytes) => {
      event(EVENT_SAVE, core, cycle);
      digest.addText(name);
      digest.addBytes(bytes);
      host.onSave?.(name, bytes);
    },
    write: (core, cycle, stream, bytes) => {
      event(EVENT_CONSOLE, core, cycle);
      digest.add(stream);
      digest.addBytes(bytes);
      host.onConsole?.(stream, bytes);
    },
    label: (core, cycle, physical, bytes, name) => {
      listener?.label?.(core, Math.round(cycle * TICKS_PER_CYCLE), physical, bytes, name);
    },
    tally: (core, object, event, space) => {
      listener?.tally?.(core, object >>> 0, event >>> 0, () => space?.physical?.(object >>> 0));
    },
    calls: (core, cycle, context, frames) => host.onCalls?.(core, context, frames, cycle),
    exit: (core, cycle, code) => {
      const time = event(EVENT_EXIT, core, cycle);
      digest.add(code);
      exited(code);
      listener?.stop?.(core, time, `exit ${code}`);
    },
  };
}
