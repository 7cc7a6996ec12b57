// What the processes of all cores share: made once, on the boot core, and behind globals of the same values on each.
import { BootInfo } from '../boot-info';
import { PageStorage } from '../fs/page-storage';
import { coreId, interruptRoute } from '../machine';
import { BOOT_INFO_CONSOLE, BOOT_INFO_MEGAHERTZ, CONSOLE_TERMINAL, DEVICE_CONSOLE } from '../machine-constants';
import { setClock } from './clock';
import { makeFileStorage, setFileStorage } from './file-pages';
import { layOutFileWindow, setFileWindow } from './file-window';
import { FutexTable, setFutexTable } from './futex';
import { ImageCache, setImageCache } from './image-cache';
import { makeNames, setNames } from 'kernel/naming';
import { nameOne } from './names';
import { setBootInfo } from './power-off';
import { Families, setFamilies } from 'kernel/family';
import { setTerminal, Terminal, VECTOR_CONSOLE } from './terminal';

export class SharedUnix {
  private readonly families: Families = new Families();
  private readonly images: ImageCache = new ImageCache();
  private readonly futexes: FutexTable = new FutexTable();
  private readonly terminal: Terminal;
  private readonly storage: PageStorage;
  /** What the kernel has for names of files. */
  private readonly names: usize;
  private readonly fileWindow: usize;

  /** Before there are page tables that have copies of the kernel's part of the firmware's. */
  constructor(readonly info: BootInfo) {
    const storage = makeFileStorage(info);
    setFileStorage(storage);
    this.storage = storage;
    this.names = makeNames(info);
    this.fileWindow = layOutFileWindow(info.pageRoot);
    this.terminal = new Terminal((load<u32>(changetype<usize>(info), BOOT_INFO_CONSOLE) & CONSOLE_TERMINAL) != 0);
  }

  /** Sets this core's globals, before it does anything else with what is shared. */
  setGlobals(): void {
    setClock(load<u32>(changetype<usize>(this.info), BOOT_INFO_MEGAHERTZ));
    setFamilies(this.families);
    setBootInfo(this.info);
    setImageCache(this.images);
    setFutexTable(this.futexes);
    setTerminal(this.terminal);
    setFileStorage(this.storage);
    setNames(this.names);
    setFileWindow(this.fileWindow);
  }

  /** Tells those outside what lies where. */
  nameAll(): void {
    this.families.name();
    nameOne(this.images, 'image cache');
    nameOne(this.terminal, 'terminal');
    this.futexes.nameBuckets();
  }

  /** Lets this core take what comes from the console. */
  routeConsole(): void {
    interruptRoute(DEVICE_CONSOLE, coreId(), VECTOR_CONSOLE);
  }
}
