// Memory that functions of this library use while they run: a process calls it from one thread at a time.
import { ARG_MAX, PATH_MAX, STAT_BYTES } from '../posix/abi';

/** A record that stat fills in. */
export const SCRATCH_STATUS = memory.data(STAT_BYTES, 8);
export const SCRATCH_PATH = memory.data(PATH_MAX, 8);
export const SCRATCH_OTHER_PATH = memory.data(PATH_MAX, 8);
/** ARG_MAX bytes. */
export const SCRATCH_TEXT = memory.data(ARG_MAX, 8);
