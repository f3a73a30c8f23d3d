/**
 * What a fault shows besides itself: rules that may speak of the same asset while it lasts. Their tickets are neither
 * right nor wrong. Everything here has a physical reason, told in docs/quality.md; a row less makes the measure stricter.
 */
export const IMPLIED: Readonly<Record<string, readonly string[]>> = {};
