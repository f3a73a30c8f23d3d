/** An engine's state and the journal position that it reflects: nothing at or before it is needed again. */
export interface Snapshot {
  readonly position: number;
  readonly state: Uint8Array;
}

/**
 * Engines keep their state here, whole and together with its journal position: what is loaded is always one whole
 * snapshot, whenever the power went. Kept beside the journal that the position points into, not with the records,
 * which may be on another machine.
 */
export interface SnapshotStore {
  /**
   * Takes the place of the snapshot of that name; durable when it resolves. The state comes in pieces, each asked for
   * when the one before is written, so that a large one neither fills memory nor holds anybody up. One save of a name
   * at a time.
   */
  save(name: string, position: number, pieces: Iterable<Uint8Array>): Promise<void>;
  /** Throws StewardError `snapshot_damaged` when there is one that is not as it was written. */
  load(name: string): Promise<Snapshot | undefined>;
}
