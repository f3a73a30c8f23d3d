/** Longest name that is accepted for a site, zone, asset, device or person. */
export const SLUG_MAX_LENGTH = 64;

const SLUG = /^[a-z0-9_-]{1,64}$/;

/**
 * Names travel in MQTT topics, InfluxDB tags and URLs. Only `[a-z0-9_-]` is safe in all three: a newline in a tag
 * value would inject a line of line protocol, a `/` or `+` another topic.
 */
export function isSlug(text: string): boolean {
  return SLUG.test(text);
}
