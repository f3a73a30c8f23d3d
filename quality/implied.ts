/**
 * What a fault shows besides itself: rules that may speak of the same asset while it lasts. Their tickets are neither
 * right nor wrong. Everything here has a physical reason, told in docs/quality.md; a row less makes the measure stricter.
 */
export const IMPLIED: Readonly<Record<string, readonly string[]>> = {
  // A pump that nobody stops empties its sump, draws air, and uses up its hours.
  RunsOn: ['PumpDryRun', 'PumpServiceDue'],
  // Bubbles that collapse at the wheel shake the housing.
  Cavitation: ['PumpVibration', 'EfficiencyLoss'],
  // Suction is lost and nothing flows.
  PumpDryRun: ['Cavitation'],
  // Whatever stands for days stands longer than the limit; a frozen sensor too.
  BayStuck: ['Overstay'],
  // The cell goes on leaking until it is low.
  BatteryForecast: ['BatteryLow'],
};

/** What is used up stays used up: these may speak of it also when the fault is over. */
export const IMPLIED_FOR_GOOD: Readonly<Record<string, readonly string[]>> = {
  RunsOn: ['PumpServiceDue'],
};
