// The file system with contents that are FCMs: see file-contents.test.ts. The command line is a digit, the family of the FCMs, and a script as
// ../lib/file-system.assembly.ts follows it.
import { Contents } from '../../../guest/lib/fs/contents';
import { FrameStorage } from '../../../guest/lib/fs/frame-storage';
import { layOutKernel } from '../../../guest/lib/kernel';
import { layOutClusteredObjects } from '../../../guest/k42/cobj/clustered-objects';
import { newContents } from '../../../guest/k42/contents';
import { setFcmFamilies } from '../../../guest/k42/mem/fcm-family';
import { setGlobalPm } from '../../../guest/k42/mem/global-pm';
import { perform, setStorage } from '../lib/file-system.assembly';
import { followIn } from '../lib/script.assembly';
import { layOutWorld, pm } from './fcm-world.assembly';

const DIGIT: i32 = 0x30;

class FcmStorage extends FrameStorage {
  newContents(): Contents {
    return newContents(this);
  }
}

export function boot(info: usize): void {
  const facts = layOutKernel(info);
  layOutClusteredObjects(facts);
  layOutWorld();
  setGlobalPm(pm());
  setFcmFamilies(0, load<u8>(facts.commandLine) - DIGIT);
  setStorage(new FcmStorage(1000));
  followIn(facts, 1, perform);
}
