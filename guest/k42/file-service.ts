// The file server's service: its operations, and the system calls by which it reaches what the kernel has of files. Shared by the server
// (servers/file-server.ts), its clients (posix-paths.ts, naming.ts) and the kernel (served-files.ts).
//
// The server has the names: directories, and which file each name stands for. The kernel has what is in files, under handles; and open files, of
// which the server grants some to its callers. Directories are known by numbers that are never used again.
import { SYS_SERVED_FILES } from './service-numbers';

// --- operations, with their operands; each answers 0 or more, or an error

/** path, its bytes, O_*, permissions: a descriptor of the caller's. */
export const OPEN: i32 = 1;
/** path, its bytes, where the STAT_* record goes. */
export const STAT: i32 = 2;
/** descriptor of a directory, where the record goes. */
export const STAT_OPEN: i32 = 3;
/** descriptor of a directory, buffer, its bytes: DIRENT_* records, as many as fit; their bytes. */
export const LIST: i32 = 4;
/** path, its bytes, permissions. */
export const MAKE_DIRECTORY: i32 = 5;
/** path, its bytes. */
export const UNLINK: i32 = 6;
export const REMOVE_DIRECTORY: i32 = 7;
/** old path, its bytes, new path, its bytes. */
export const RENAME: i32 = 8;
/** path, its bytes: the caller's process goes there. */
export const ENTER: i32 = 9;
/** buffer, its bytes: the path of where the caller's process is; its bytes. */
export const WHERE: i32 = 10;
/** path, its bytes: gives the kernel a regular file. */
export const FIND: i32 = 11;
/** name of a module, its bytes: gives the kernel the library's image. */
export const FIND_LIBRARY: i32 = 12;

/** The root directory's number. */
export const ROOT: i32 = 1;
/** The number of the first file that the machine was booted with; the others' follow. */
export const FIRST_BOOT_FILE: i32 = 2;
/** Devices. */
export const TERMINAL_DEVICE: i32 = 1;
export const NULL_DEVICE: i32 = 2;

// --- system calls of the server

/** number, permissions, path, its bytes (for reports): a new, empty file; its handle, or -ENOSPC. */
export const SYS_FILE_MAKE: i32 = SYS_SERVED_FILES;
/** handle: the file has lost its name. Who has it open keeps it. */
export const SYS_FILE_DROP: i32 = SYS_SERVED_FILES + 1;
/** handle, where the STAT_* record goes, in the server. */
export const SYS_FILE_STATUS: i32 = SYS_SERVED_FILES + 2;
/** handle: the file is empty. */
export const SYS_FILE_EMPTY: i32 = SYS_SERVED_FILES + 3;
/** handle, O_*: opens it for the caller. The descriptor; -EMFILE, -ENOMEM. */
export const SYS_FILE_GRANT: i32 = SYS_SERVED_FILES + 4;
/** handle: gives it to the caller, which is the kernel. */
export const SYS_FILE_GIVE: i32 = SYS_SERVED_FILES + 5;
/** which, buffer, its bytes: the path of a file that the machine was booted with; its bytes, or -ENOENT behind the last. */
export const SYS_BOOT_PATH: i32 = SYS_SERVED_FILES + 6;
/** which: its handle. */
export const SYS_BOOT_FILE: i32 = SYS_SERVED_FILES + 7;
/** number, O_*: opens a directory for the caller. */
export const SYS_DIRECTORY_GRANT: i32 = SYS_SERVED_FILES + 8;
/** device, O_*: opens it for the caller. */
export const SYS_DEVICE_GRANT: i32 = SYS_SERVED_FILES + 9;
/** descriptor of the caller's, where two words go, in the server: the directory's number, and the position in it. -EBADF, -ENOTDIR. */
export const SYS_DIRECTORY_AT: i32 = SYS_SERVED_FILES + 10;
/** descriptor, position. */
export const SYS_DIRECTORY_SEEK: i32 = SYS_SERVED_FILES + 11;
/** number: where the caller's process is from now on. */
export const SYS_DIRECTORY_ENTER: i32 = SYS_SERVED_FILES + 12;
