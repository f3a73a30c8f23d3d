import { StewardError } from '../../model/codes.ts';

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** What a folder's disk said when it refused, with the folder's name and what most often is the matter. */
export function unwritable(dir: string, cause: unknown): StewardError {
  if (cause instanceof StewardError) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  const hint = FULL.has(code ?? '') ? '; is the disk full?' : '';
  return new StewardError('data_unwritable', `${dir}: ${message}${hint}`, { cause });
}
