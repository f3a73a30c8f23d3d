/** Every list of the API. `next` goes back as `cursor`; null on the last page. */
export interface ListView<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** RFC 9457 problem details, with the code of the registry and the id that the log has too. */
export interface ProblemView {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly instance: string;
}
