import { attributeSchema, attributeTypes } from '../../model/attributes.ts';
import { KINDS } from '../../model/kinds.ts';
import { didYouMean } from '../../model/suggest.ts';
import type { Override, Parameter } from './parameters.ts';

/** Attributes that other rooms read too: they would not see an override. */
const NOT_OVERRIDDEN: readonly string[] = ['heartbeat_s', 'rated_w'];

/** An override with the place of each of its numbers. */
export interface PlacedOverride extends Override {
  placeOf(name: string): string;
}

function attributeMistake(name: string, value: number): string | undefined {
  const kinds = KINDS.filter((kind) => attributeTypes(kind).get(name) === 'number');
  if (kinds.length === 0) return undefined;
  if (NOT_OVERRIDDEN.includes(name)) return `${name} is told by the site file, for every asset`;
  const problem = kinds
    .map((kind) => attributeSchema(kind).safeParse({ [name]: value }))
    .find((parsed) => !parsed.success);
  return problem ? `${name}: ${problem.error!.issues[0]!.message}` : '';
}

/** Overrides name parameters of some rule, or numbers among the attributes, within their bounds. */
export function checkOverrides(
  overrides: readonly PlacedOverride[],
  parameters: readonly Parameter[],
  mistakes: string[],
): void {
  const known = new Set([
    ...parameters.map(({ name }) => name),
    ...KINDS.flatMap((kind) =>
      [...attributeTypes(kind)].flatMap(([name, type]) => (type === 'number' ? [name] : [])),
    ),
  ]);
  for (const { where, set, place, placeOf } of overrides) {
    if (Object.keys(where).length === 0) {
      mistakes.push(`${place}: an override needs model, site, zone or asset`);
    }
    for (const [name, value] of Object.entries(set)) {
      const ofRules = parameters.filter((parameter) => parameter.name === name);
      const wrong = ofRules.find(({ min, max }) => value < min || value > max);
      const problem =
        ofRules.length > 0
          ? wrong && `${name} must be ${wrong.min} to ${wrong.max}`
          : (attributeMistake(name, value) ?? `no rule has a parameter "${name}"${didYouMean(name, known)}`);
      if (problem) mistakes.push(`${placeOf(name)}: ${problem}`);
    }
  }
}
