import type { Disk } from './disk.ts';
import type { Segment } from './segment.ts';

/**
 * Takes away the files whose entries every reader has passed. One in which damage was found is kept beside under
 * another name: somebody may want to look at it.
 */
export async function forgetPassed(
  segments: Segment[],
  floor: number,
  dir: string,
  disk: Disk,
): Promise<void> {
  let removed = 0;
  while (segments.length > 1 && segments[1]!.follows <= floor) {
    const [{ path, damage }] = segments as [Segment];
    if (damage.size > 0) await disk.rename(path, `${path}.damaged`);
    else await disk.remove(path);
    segments.shift();
    removed++;
  }
  if (removed > 0) await disk.syncFolder(dir);
}
