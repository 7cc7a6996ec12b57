// The boot information: what the firmware tells a kernel of its machine. Every core finds the same block at the same address.
import {
  BOOT_CORE_BYTES,
  BOOT_CORE_NODE,
  BOOT_FILE_BYTES,
  BOOT_FILE_LENGTH,
  BOOT_FILE_PATH,
  BOOT_FILE_PATH_BYTES,
  BOOT_FILE_PHYSICAL,
  BOOT_INFO_COMMAND_BYTES,
  BOOT_INFO_COMMAND_LINE,
  BOOT_INFO_CORE_TABLE,
  BOOT_INFO_CORES,
  BOOT_INFO_DISTANCES,
  BOOT_INFO_FILE_TABLE,
  BOOT_INFO_FILES,
  BOOT_INFO_LINE_BYTES,
  BOOT_INFO_NODE_TABLE,
  BOOT_INFO_NODES,
  BOOT_INFO_PAGE_ROOT,
  BOOT_INFO_WINDOW_BYTES,
  BOOT_NODE_BYTES,
  BOOT_NODE_END,
  BOOT_NODE_FREE_END,
  BOOT_NODE_FREE_START,
  BOOT_NODE_START,
  WINDOW_ADDRESS,
} from './machine-constants';

/** Where the RAM is mapped, from physical address 0 on. */
export const RAM: usize = <usize>WINDOW_ADDRESS;

@unmanaged
export class BootInfo {
  /** UTF-8. */
  get commandLine(): usize {
    return this.word(BOOT_INFO_COMMAND_LINE);
  }

  get commandLineBytes(): usize {
    return this.word(BOOT_INFO_COMMAND_BYTES);
  }

  get lineBytes(): i32 {
    return <i32>this.word(BOOT_INFO_LINE_BYTES);
  }

  /** Physical address of the page directory that the firmware made. */
  get pageRoot(): usize {
    return this.word(BOOT_INFO_PAGE_ROOT);
  }

  get cores(): i32 {
    return <i32>this.word(BOOT_INFO_CORES);
  }

  get nodes(): i32 {
    return <i32>this.word(BOOT_INFO_NODES);
  }

  /** Bytes of RAM that the window shows, from physical address 0 on. */
  get windowBytes(): usize {
    return this.word(BOOT_INFO_WINDOW_BYTES);
  }

  nodeOf(core: i32): i32 {
    return load<i32>(this.word(BOOT_INFO_CORE_TABLE) + core * BOOT_CORE_BYTES + BOOT_CORE_NODE);
  }

  /** Physical address from which on a node's RAM is free; a multiple of a page. */
  freeStart(node: i32): usize {
    return load<usize>(this.word(BOOT_INFO_NODE_TABLE) + node * BOOT_NODE_BYTES + BOOT_NODE_FREE_START);
  }

  /** Physical address behind a node's free RAM, as far as the window reaches. */
  freeEnd(node: i32): usize {
    const end = load<usize>(this.word(BOOT_INFO_NODE_TABLE) + node * BOOT_NODE_BYTES + BOOT_NODE_FREE_END);
    return min(end, this.word(BOOT_INFO_WINDOW_BYTES));
  }

  /** Physical addresses of a node's RAM, free or not. */
  nodeStart(node: i32): usize {
    return load<usize>(this.word(BOOT_INFO_NODE_TABLE) + node * BOOT_NODE_BYTES + BOOT_NODE_START);
  }

  nodeEnd(node: i32): usize {
    return load<usize>(this.word(BOOT_INFO_NODE_TABLE) + node * BOOT_NODE_BYTES + BOOT_NODE_END);
  }

  /** Cycles that a message takes on the links from one node to another. */
  distance(from: i32, to: i32): i32 {
    return load<i32>(this.word(BOOT_INFO_DISTANCES) + 4 * (from * this.nodes + to));
  }

  /** How many files the host gives. */
  get files(): i32 {
    return <i32>this.word(BOOT_INFO_FILES);
  }

  /** UTF-8, and its length. */
  filePath(index: i32): usize {
    return load<usize>(this.file(index) + BOOT_FILE_PATH);
  }

  filePathBytes(index: i32): i32 {
    return load<i32>(this.file(index) + BOOT_FILE_PATH_BYTES);
  }

  /** Physical address of the contents, a multiple of a page, and their length. */
  filePhysical(index: i32): usize {
    return load<usize>(this.file(index) + BOOT_FILE_PHYSICAL);
  }

  fileBytes(index: i32): i32 {
    return load<i32>(this.file(index) + BOOT_FILE_LENGTH);
  }

  private file(index: i32): usize {
    return this.word(BOOT_INFO_FILE_TABLE) + index * BOOT_FILE_BYTES;
  }

  private word(offset: usize): usize {
    return load<usize>(changetype<usize>(this) + offset);
  }
}
