/**
 * Every code that Steward says to people and machines, with what it means and what to do.
 * `docs/errors.md` lists the same (a test compares both); a retired code is never used again.
 */
const REGISTRY = {
  topic_unknown: 'The topic is none that Steward reads. Publish to site/{site}/{kind}/{asset}/telemetry.',
  topic_forbidden:
    'This device may not publish for this asset. Use the credentials of its own device or gateway.',
  subscription_forbidden: 'This client may not subscribe to this filter.',
  packet_malformed: 'A packet is none of MQTT 3.1.1, or not the next step: its connection is ended.',
  packet_too_large: 'An MQTT packet is larger than the limit: its connection is ended. Send smaller batches.',
  payload_not_json: 'The payload is not JSON. Send one JSON object, or an array of them.',
  payload_wrong_shape: 'The payload is JSON but not an object, or an array of objects, of metrics.',
  payload_empty: 'The payload names no metric.',
  payload_too_large: 'The payload is larger than the limit. Send smaller batches.',
  asset_unknown: 'The site file has no such asset of this kind in this site. Add it, or correct the topic.',
  metric_unknown: 'The catalogue has no such metric for this kind of asset.',
  value_wrong_type: 'A metric must be a number, or true or false for a state.',
  value_not_finite: 'A number must be finite.',
  value_out_of_range:
    'The value is outside what the metric can physically be. Check the unit and the sensor.',
  time_invalid: '`ts` must be epoch milliseconds or RFC 3339.',
  time_in_future: "`ts` is ahead of the server's clock by more than allowed. Set the device's clock.",
  time_too_old: "`ts` is older than what is accepted. Set the device's clock.",
  login_refused: 'The device name or its password is wrong.',
  journal_full: 'The journal is full: acknowledgements wait until the series engine takes readings again.',
  journal_old:
    'Readings have waited in the journal for longer than journal.max_age_hours. They are kept: mend what should take them.',
  replay_impossible:
    'Only a part of this payload was kept, or it was no message: it cannot be replayed. Have the device send it again.',
  data_corrupt:
    'A file of the data folder is damaged. Restore a backup, or move the file away as the detail says.',
  series_rejected: 'The series engine refused this point for good.',
  series_too_many:
    'The engine has as many series as `series.max_series` allows; this point would begin another. Remove assets that were only tried, or allow more.',
  series_unavailable: 'The series engine does not answer; readings wait in the journal.',
  config_invalid: 'The configuration has a mistake at the place named.',
  site_invalid: 'A site file has a mistake at the place named.',
  rule_invalid: 'A rule has a mistake at the place named.',
  scenario_invalid: 'A scenario of the simulator has a mistake at the place named.',
  file_unreadable: 'The file cannot be read.',
  data_unwritable: 'The data folder cannot be written. Choose another with --data or mend its rights.',
  data_outdated:
    'The data folder was written by an earlier Steward. Move the folder named away, as the detail says.',
  data_locked: 'Another Steward works in this data folder. Stop it, or choose another with --data.',
  broker_unreachable: 'The MQTT broker does not answer. Start it, or correct its address.',
  port_unusable: 'This port cannot be listened on. Choose another, or mend the rights.',
  port_taken: 'Something else listens on this port. Stop it, or choose another.',
  snapshot_damaged:
    'What the rules remember is not as it was written. Take the file from a backup, or remove it, as the detail says.',
  records_newer: 'The records were written by a newer Steward. Start that version, or restore a backup.',
  serial_unavailable: 'The serial line cannot be opened.',
  not_signed_in: 'Sign in first.',
  sign_in_refused: 'The name or the password is wrong.',
  too_many_attempts: 'Too many attempts. Wait a minute.',
  forbidden: 'Your role does not allow this.',
  not_found: 'There is no such thing.',
  request_invalid: 'The request has a mistake at the place named.',
  too_many_backtests: 'Enough backtests are waiting. Wait until one is done, or cancel one.',
  action_impossible: 'The ticket is in a state that this action does not lead out of.',
  internal: 'Something went wrong in Steward; its log says what, under the id given.',
} as const;

export type Code = keyof typeof REGISTRY;

/** Codes with which a message ends in quarantine. */
export type RejectCode = Extract<
  Code,
  | `topic_${string}`
  | `payload_${string}`
  | `value_${string}`
  | `time_${string}`
  | 'asset_unknown'
  | 'metric_unknown'
  | `series_${'rejected' | 'too_many'}`
>;

export const CODES = Object.keys(REGISTRY) as readonly Code[];

/** What the code means and what to do, in one or two sentences. */
export function meaningOf(code: Code): string {
  return REGISTRY[code];
}

/** An error with a code of the registry: what, where and what to do, in one line for people. */
export class StewardError extends Error {
  readonly code: Code;

  constructor(code: Code, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.name = 'StewardError';
    this.code = code;
  }
}
