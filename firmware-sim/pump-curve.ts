/**
 * A centrifugal pump in shares of its rated point: flow, head and speed 1, shaft power 1 at full flow. Speed moves
 * the curves by the affinity laws: flow with n, head with n², power with n³ (Gülich, Centrifugal Pumps, ch. 3.4).
 */

/** Head at shut-off; the curve falls with the square of the flow. */
const SHUT_OFF = 1.2;
const DROOP = 0.2;
/** Shaft power at shut-off and what full flow adds: nearly a straight line for radial wheels. */
const IDLE_POWER = 0.72;
const FLOW_POWER = 0.25;

export function headAt(flow: number, speed: number): number {
  return SHUT_OFF * speed ** 2 - DROOP * flow ** 2;
}

export function powerAt(flow: number, speed: number): number {
  return speed ** 3 * IDLE_POWER + speed ** 2 * FLOW_POWER * flow;
}

/** Where the pump's curve meets a pipe that asks for `rest` at no flow and `friction` more at full flow. */
export function flowAgainst(rest: number, friction: number, speed: number): number {
  return Math.sqrt(Math.max(0, (SHUT_OFF * speed ** 2 - rest) / (DROOP + friction)));
}

/** The speed that holds `head` at this flow. */
export function speedFor(flow: number, head: number): number {
  return Math.sqrt((head + DROOP * flow ** 2) / SHUT_OFF);
}

/** Vibration rises away from the best point, where the flow does not follow the vanes (as a share of that there). */
export function roughness(flow: number, speed: number): number {
  return 1 + 0.35 * (flow / Math.max(speed, 0.1) - 1) ** 2;
}
