/** What a part says of itself for `/readyz` and `steward doctor`. */
export interface Health {
  readonly ok: boolean;
  /** Why not, or a figure worth knowing. */
  readonly detail: string;
}
