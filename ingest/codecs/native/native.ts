import { type Codec, type Decoded, described, type Flaw, isFlaw, type Sample } from '../codec.ts';
import { parseTime } from '../time.ts';
import { parseJson } from './json.ts';

function sampleOf(element: unknown, where: string): Sample | Flaw {
  const at = where === '' ? '' : `${where}: `;
  if (typeof element !== 'object' || element === null || Array.isArray(element)) {
    return {
      code: 'payload_wrong_shape',
      detail: `${at}${described(element)} where an object of metrics is asked for`,
      element,
    };
  }
  const members = element as Record<string, unknown>;
  const told = members['ts'];
  if (told === undefined) return { where, ts: undefined, members };
  const ts = parseTime(told);
  if (ts !== undefined) return { where, ts, members };
  return {
    code: 'time_invalid',
    detail: `${where === '' ? '' : `${where}.`}ts: ${described(told)} is neither epoch milliseconds nor RFC 3339`,
    element,
  };
}

function batch(elements: readonly unknown[]): Decoded {
  const samples: Sample[] = [];
  const flaws: Flaw[] = [];
  elements.forEach((element, i) => {
    const sample = sampleOf(element, `[${i}]`);
    if (isFlaw(sample)) flaws.push(sample);
    else samples.push(sample);
  });
  return { samples, flaws };
}

/**
 * `{"ts": …, "seq": …, "power_w": 41.5}` or an array of such objects, as README.md beside this file says. `seq` is for
 * the device's own book-keeping and is not looked at. Of a name that is said twice the last value counts, as in every
 * JSON parser.
 */
export const nativeCodec: Codec = {
  name: 'native',
  reserved: new Set(['ts', 'seq']),
  decode: (payload) => {
    const parsed = parseJson(payload);
    if (isFlaw(parsed)) return parsed;
    const [value] = parsed;
    if (Array.isArray(value)) {
      if (value.length === 0) return { code: 'payload_empty', detail: 'the array has no element' };
      return batch(value);
    }
    const sample = sampleOf(value, '');
    if (isFlaw(sample)) return { code: sample.code, detail: sample.detail };
    return { samples: [sample], flaws: [] };
  },
};
