import { isUtf8 } from 'node:buffer';
import { type Flaw, quoted } from '../codec.ts';

const BYTE_ORDER_MARK = 0xfeff;

/**
 * The text with every bare `NaN` and `Infinity` outside of strings written `1e999`, which JSON allows and which reads
 * as infinite; undefined when there is none. One pass: a regular expression over hostile quotes would take quadratic
 * time.
 */
function withNumbersForNonFinite(text: string): string | undefined {
  const tokens = ['NaN', 'Infinity'];
  let mended = '';
  let copied = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (inString) {
      if (char === '\\') i++;
      else if (char === '"') inString = false;
    } else if (char === '"') {
      inString = true;
    } else if (char === 'N' || char === 'I') {
      const token = tokens.find((candidate) => text.startsWith(candidate, i));
      if (token === undefined) continue;
      mended += `${text.slice(copied, i)}1e999`;
      copied = i + token.length;
      i = copied - 1;
    }
  }
  return copied === 0 ? undefined : mended + text.slice(copied);
}

function notJson(reason: string): Flaw {
  return { code: 'payload_not_json', detail: reason };
}

/**
 * The value that the bytes say, in an array so that it cannot be taken for a flaw. A number that is not finite comes
 * out as ±Infinity, whether it was written 1e999, NaN or Infinity, so that whoever checks values can name it.
 */
export function parseJson(payload: Uint8Array): readonly [value: unknown] | Flaw {
  if (payload.length === 0) return { code: 'payload_empty', detail: 'the payload has no bytes' };
  if (!isUtf8(payload)) return notJson('the payload is not UTF-8');
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  let text = bytes.toString('utf8');
  if (text.charCodeAt(0) === BYTE_ORDER_MARK) text = text.slice(1);
  try {
    return [JSON.parse(text)];
  } catch (error) {
    const mended = withNumbersForNonFinite(text);
    try {
      if (mended !== undefined) return [JSON.parse(mended)];
    } catch {
      // Not the only mistake: the first one is what the sender should hear of.
    }
    return notJson(`${quoted(text.slice(0, 40))}: ${(error as Error).message.slice(0, 120)}`);
  }
}
