import { z } from 'zod';
import { attributeSchema } from '../../model/attributes.ts';
import { KINDS, type Kind } from '../../model/kinds.ts';
import { metricsOf } from '../../model/metrics.ts';
import { FUNCTION_NOTES } from './functions.ts';
import { ruleFileSchema } from './schema.ts';

/** As much of a JSON Schema as the page tells. */
interface Shape {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
}

const shapeOf = (schema: z.ZodType): Shape => z.toJSONSchema(schema, { io: 'input' }) as Shape;

/** JSON Schema of a rule file, for editors; kept in `docs/rules.schema.json`. */
export function rulesJsonSchema(): string {
  return `${JSON.stringify(shapeOf(ruleFileSchema), null, 2)}\n`;
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** A table with columns as wide as their widest cell. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map(cell));
  const widths = head.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((text, i) => text.padEnd(widths[i]!)).join(' | ')} |`;
  const [first, ...rest] = cells;
  return [line(first!), line(widths.map((width) => '-'.repeat(width))), ...rest.map(line)].join('\n');
}

function defaultText({ default: value, enum: values }: Shape): string {
  const known = value === undefined || value === '' ? '' : `\`${JSON.stringify(value).replaceAll('"', '')}\``;
  if (!values) return known;
  return values.map((one) => (one === value ? `**\`${one}\`**` : `\`${one}\``)).join(' ');
}

/** Keys of a thing with those of what is inside it: `ticket`, `ticket.wait`. */
function keyRows(properties: Shape['properties'], before = ''): readonly string[][] {
  return Object.entries(properties ?? {}).flatMap(([key, shape]) => {
    const own = [`\`${before}${key}\``, defaultText(shape), shape.description ?? ''];
    const inside = before === '' || shape.properties ? keyRows(shape.properties, `${before}${key}.`) : [];
    return [own, ...inside];
  });
}

function keysSection(): string {
  const group = shapeOf(ruleFileSchema).properties?.['groups']?.items?.properties;
  return table(['key', 'default', 'meaning'], keyRows(group?.['rules']?.items?.properties));
}

function kindSection(kind: Kind): string {
  const metrics = [...metricsOf(kind).values()].map(({ name, unit, min, max, type, meaning }) => [
    `\`${name}\``,
    unit,
    type,
    type === 'state' ? 'true or false' : `${min} to ${max}`,
    meaning,
  ]);
  const attributes = Object.entries(shapeOf(attributeSchema(kind)).properties ?? {}).map(([name, shape]) => [
    `\`${name}\``,
    defaultText(shape),
    shape.description ?? '',
  ]);
  return [
    `## ${kind}`,
    table(['metric', 'unit', 'type', 'range', 'meaning'], metrics),
    table(['attribute', 'default', 'meaning'], attributes),
  ].join('\n\n');
}

/** The page `docs/rules-reference.md`: whatever a rule file may say, made from what checks it. */
export function referencePage(): string {
  return `${[
    '# Reference of the rules',
    'Generated from the code (`UPDATE=1 npx vitest run rules/language/reference.test.ts`); a test compares them.\n[rules.md](rules.md) explains how it is meant.',
    '## Keys of a rule',
    keysSection(),
    '## Functions',
    table(
      ['function', 'gives'],
      FUNCTION_NOTES.map(({ usage, gives }) => [`\`${usage}\``, gives]),
    ),
    '## Names of every kind',
    table(
      ['name', 'meaning'],
      [
        ['`expected_level`', "percent that the asset's lighting schedule asks for now"],
        ['`night_h`', 'hours of the night that began last'],
        ['`id`, `zone`', 'of the asset'],
      ],
    ),
    ...KINDS.map(kindSection),
  ].join('\n\n')}\n`;
}
