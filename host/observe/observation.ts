// What a command observes of a run for its user: the observers, and the files that come of them.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  Contention,
  Counters,
  combineObservers,
  type Image,
  type Machine,
  type ObjectInstance,
  Objects,
  type Observer,
  Profile,
  Trace,
} from '../../machine/index.ts';
import { fileFailure } from '../module-file.ts';
import { type Table, type TableStyle, tableToCsv, tableToJson, tableToText } from '../table.ts';
import { chromeTraceJson } from './chrome-trace.ts';
import { type ContentionTexts, contentionDetails, contentionTable } from './contention-report.ts';
import { countersCsv, countersJson, countersText } from './counters-report.ts';
import { DataSymbols } from './data-symbols.ts';
import { GuestSites } from './guest-sites.ts';
import { objectsTable } from './objects-report.ts';
import { DEFAULT_SAMPLE_CYCLES, type ObservationOptions } from './options.ts';
import { foldedStacks, speedscopeJson } from './speedscope.ts';

/** Lines of a short report. */
const SHORT_REPORT_LINES = 20;

export class Observation {
  /** For the machine; undefined when nothing is asked for. */
  readonly observer: Observer | undefined;
  readonly #options: ObservationOptions;
  readonly #sites = new GuestSites();
  readonly #trace: Trace | undefined;
  readonly #profile: Profile | undefined;
  readonly #counters: Counters | undefined;
  readonly #contention: Contention | undefined;
  readonly #objects: Objects | undefined;
  #symbols: DataSymbols | undefined;

  constructor(options: ObservationOptions) {
    this.#options = options;
    if (options.trace !== undefined) this.#trace = new Trace();
    if (options.flameGraph !== undefined)
      this.#profile = new Profile({ period: options.sampleCycles ?? DEFAULT_SAMPLE_CYCLES });
    if (options.counters !== undefined) this.#counters = new Counters();
    if (options.contention !== undefined) this.#contention = new Contention();
    if (options.objects !== undefined) this.#objects = new Objects();
    const observers = [this.#trace, this.#profile, this.#counters, this.#contention, this.#objects].filter(
      (one) => one !== undefined,
    );
    this.observer = observers.length === 0 ? undefined : combineObservers(observers);
  }

  /** Reports name places in this image after its module, which came from a file; data after that of the first image. */
  addImage(image: Image, file: string): void {
    this.#sites.add(image, file);
    this.#symbols ??= new DataSymbols(image.module);
  }

  /** The guest's objects; only with the option `objects`. */
  instances(): ObjectInstance[] {
    return this.#objects?.instances() ?? [];
  }

  /** Reports that go to stderr instead of a file. */
  texts(machine: Machine, machineText: string, style: TableStyle): string[] {
    const texts: string[] = [];
    if (this.#options.contention === true) texts.push(tableToText(this.contention(machine, machineText), style));
    if (this.#options.objects === true && this.#objects) {
      const table = objectsTable(this.#objects.instances(), { machineText, digest: '', isShort: true });
      texts.push(tableToText(table, style));
    }
    return texts;
  }

  /** The lines that move most between cores; only with the option `contention`. */
  contention(machine: Machine, machineText: string, lines = SHORT_REPORT_LINES): Table {
    if (!this.#contention) throw new Error('contention was not observed');
    const texts = { machine, machineText, digest: '', sites: this.#sites, symbols: this.#symbols, lines };
    return contentionTable(this.#contention, texts);
  }

  /**
   * Writes the reports of a run that is over and returns the files' names. Throws a CommandFailure when one cannot be written.
   * `machineText` is the machine as tables name it.
   */
  write(machine: Machine, title: string, machineText: string): string[] {
    const { trace, flameGraph, counters, contention, objects } = this.#options;
    const digest = machine.digest();
    const sites = this.#sites;
    const written: string[] = [];
    const put = (file: string, pieces: Iterable<string>) => {
      writeReport(file, pieces);
      written.push(file);
    };
    if (trace !== undefined && this.#trace) put(trace, chromeTraceJson(this.#trace, { title, sites }));
    if (flameGraph !== undefined && this.#profile) {
      const texts = { title, cores: machine.coreCount, sites };
      put(flameGraph, [isJson(flameGraph) ? speedscopeJson(this.#profile, texts) : foldedStacks(this.#profile, texts)]);
    }
    if (counters !== undefined && this.#counters) {
      put(counters, [countersIn(counters, this.#counters, { title, machineText, digest })]);
    }
    if (typeof contention === 'string' && this.#contention) {
      const texts = { machine, machineText, digest, sites, symbols: this.#symbols };
      put(contention, [contentionIn(contention, this.#contention, texts)]);
    }
    if (typeof objects === 'string' && this.#objects) {
      const table = objectsTable(this.#objects.instances(), { machineText, digest, isShort: false });
      put(objects, [tableIn(objects, table)]);
    }
    return written;
  }
}

function isJson(file: string): boolean {
  return path.extname(file).toLowerCase() === '.json';
}

function countersIn(file: string, counters: Counters, texts: Parameters<typeof countersJson>[1]): string {
  const regions = counters.regions();
  if (isJson(file)) return countersJson(regions, texts);
  return path.extname(file).toLowerCase() === '.csv' ? countersCsv(regions) : countersText(regions, texts);
}

function contentionIn(file: string, contention: Contention, texts: ContentionTexts): string {
  const table = contentionTable(contention, texts);
  return isJson(file) ? tableToJson(table) : `${tableToText(table)}\n${contentionDetails(contention, texts)}`;
}

function tableIn(file: string, table: Table): string {
  if (isJson(file)) return tableToJson(table);
  return path.extname(file).toLowerCase() === '.csv' ? tableToCsv(table) : tableToText(table);
}

/** Large reports come in many small pieces. */
const BUFFERED = 1 << 20;

function writeReport(file: string, pieces: Iterable<string>): void {
  try {
    let flag = 'w';
    let text = '';
    const flush = () => {
      writeFileSync(file, text, { flag });
      flag = 'a';
      text = '';
    };
    for (const piece of pieces) {
      text += piece;
      if (text.length > BUFFERED) flush();
    }
    flush();
  } catch (error) {
    throw fileFailure('write', file, error);
  }
}
