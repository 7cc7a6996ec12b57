// The files that the host gives a kernel lie in RAM when it boots: here they get names, with the directories that lead to them. Nothing is copied, and
// their frames are free when they are removed.
import { EEXIST } from '../../posix/abi';
import { BootInfo } from '../boot-info';
import { release } from '../objects';
import { adoptFrames } from '../page-frames';
import { PAGE_BYTES } from '../page-table';
import { File } from './file';
import { FileSystem } from './file-system';
import { PageStorage } from './page-storage';
import { Walk } from './walk';

const MODE: i32 = 0o755;
const SLASH: u8 = 0x2f;

/** Puts all boot files into a file system whose storage are frames. Returns 0, or the first error, negated. */
export function placeBootFiles(files: FileSystem, info: BootInfo): i32 {
  const walk = new Walk();
  let error = 0;
  for (let i = 0; i < info.files && error == 0; i++) {
    const path = info.filePath(i);
    const pathBytes = info.filePathBytes(i);
    error = makeDirectories(files, walk, path, pathBytes);
    if (error != 0) break;
    const bytes = info.fileBytes(i);
    adoptFrames(info.filePhysical(i), (<usize>bytes + PAGE_BYTES - 1) / PAGE_BYTES);
    const file = new File(changetype<PageStorage>(files.storage), files.newNumber(), MODE);
    file.adopt(info.filePhysical(i), bytes);
    error = files.place(walk, files.root, path, pathBytes, file);
  }
  release(walk);
  return error;
}

/** Makes those directories of a path that are missing. */
function makeDirectories(files: FileSystem, walk: Walk, path: usize, bytes: i32): i32 {
  for (let i = 1; i < bytes; i++) {
    if (load<u8>(path + i) != SLASH) continue;
    const error = files.mkdir(walk, files.root, path, i, MODE);
    if (error != 0 && error != -EEXIST) return error;
  }
  return 0;
}
