import { parse } from 'csv-parse/sync';
import { StewardError } from '../model/codes.ts';
import { type AssetRow, assetRow } from './site-schema.ts';

/** An asset and where it was written, for whatever is found wrong with it later. */
export interface PlacedRow {
  readonly row: AssetRow;
  readonly place: string;
}

interface CsvRecord {
  readonly record: Readonly<Record<string, string>>;
  readonly info: { readonly lines: number };
}

/**
 * Assets in bulk: a header line names the columns, an empty cell means the default.
 *
 * Throws site_invalid with file and line.
 */
export function parseAssetsCsv(text: string, file: string): PlacedRow[] {
  let records: CsvRecord[];
  try {
    records = parse(text, {
      columns: true,
      info: true,
      trim: true,
      bom: true,
      skip_empty_lines: true,
    }) as unknown as CsvRecord[];
  } catch (error) {
    throw new StewardError('site_invalid', `${file}: ${(error as Error).message}`, { cause: error });
  }
  return records.map(({ record, info }) => {
    const place = `${file}:${info.lines}`;
    const cells = Object.fromEntries(Object.entries(record).filter(([, cell]) => cell !== ''));
    const parsed = assetRow.safeParse(cells);
    if (parsed.success) return { row: parsed.data, place };
    const mistakes = parsed.error.issues.map(
      (issue) => `${place}: ${issue.path.join('.')}: ${issue.message}`,
    );
    throw new StewardError('site_invalid', mistakes.join('\n'));
  });
}
