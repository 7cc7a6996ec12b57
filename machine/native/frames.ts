// What the table of frames says of a frame's code: bytes of its frame and FRAME_OF_* bits.
import { FRAME_CODE, REG_FRAMES } from '../state/layout';

@inline
export function frameInfo(frame: u32): u32 {
  return load<u32>(load<u32>(REG_FRAMES) + (load<u32>(frame, FRAME_CODE) << 2));
}
