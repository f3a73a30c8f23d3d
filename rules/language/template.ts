import type { Asset } from '../../model/site.ts';
import type { Context } from './context.ts';
import { formatDuration } from './duration.ts';
import type { Piece } from './piece.ts';

export const TEMPLATE_FIELDS = ['asset.id', 'asset.name', 'zone.name', 'site.name', 'members'] as const;
export type TemplateField = (typeof TEMPLATE_FIELDS)[number];

/** Plain text with fields of the asset and, in reasons, expressions in braces. */
export interface Template {
  readonly source: string;
  readonly parts: readonly (string | { readonly field: TemplateField } | { readonly piece: Piece })[];
}

export interface TemplateSubject {
  readonly asset: Asset;
  readonly zoneName: string;
  readonly siteName: string;
  readonly members: number;
}

/** Splits at braces; `compile` answers for what is no field, or undefined after it noted the mistake. */
export function parseTemplate(
  source: string,
  compile: (expression: string, at: number) => Piece | undefined,
): Template {
  const parts: Template['parts'][number][] = [];
  let from = 0;
  for (const match of source.matchAll(/\{([^{}]*)\}/g)) {
    parts.push(source.slice(from, match.index));
    from = match.index + match[0].length;
    const inner = match[1]!.trim();
    const field = TEMPLATE_FIELDS.find((known) => known === inner);
    if (field) parts.push({ field });
    else {
      const piece = compile(match[1]!, match.index + 1);
      if (piece) parts.push({ piece });
    }
  }
  parts.push(source.slice(from));
  return { source, parts };
}

/** Three figures are what people read. */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return 'unknown';
  const size = Math.abs(value);
  return String(Number(value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2)));
}

function fieldText(field: TemplateField, subject: TemplateSubject): string {
  switch (field) {
    case 'asset.id':
      return subject.asset.id;
    case 'asset.name':
      return subject.asset.name;
    case 'zone.name':
      return subject.zoneName;
    case 'site.name':
      return subject.siteName;
    case 'members':
      return String(subject.members);
  }
}

function pieceText(piece: Piece, c: Context, t: number): string {
  if (piece.type === 'text') return piece.run(c);
  if (piece.type === 'duration') return formatDuration(piece.ms);
  if (piece.type === 'since') {
    const ms = t - piece.origin(c, t);
    return Number.isNaN(ms)
      ? 'unknown'
      : formatDuration(ms >= 60_000 ? Math.floor(ms / 60_000) * 60_000 : ms);
  }
  const value = piece.run(c, t);
  if (piece.type === 'bool' && !Number.isNaN(value)) return value === 1 ? 'yes' : 'no';
  return formatNumber(value);
}

/** `c` may be left out for templates without expressions. */
export function renderTemplate(template: Template, subject: TemplateSubject, c?: Context, t = 0): string {
  return template.parts
    .map((part) => {
      if (typeof part === 'string') return part;
      if ('field' in part) return fieldText(part.field, subject);
      return c ? pieceText(part.piece, c, t) : '';
    })
    .join('');
}
