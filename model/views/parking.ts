/** Free bays of one class in one zone; `unknown` bays have no fresh word from their sensor and count as not free. */
export interface ParkingClassView {
  readonly bay_class: string;
  readonly total: number;
  readonly free: number;
  readonly unknown: number;
}

export interface ParkingZoneView {
  readonly zone: string;
  readonly zone_name: string;
  readonly site: string;
  readonly site_name: string;
  readonly tz: string;
  readonly classes: readonly ParkingClassView[];
  /** Age of the oldest word that was counted, and of the newest; null when no bay was heard. */
  readonly oldest_s: number | null;
  readonly newest_s: number | null;
}

/** `GET /parking`, public. */
export interface ParkingView {
  readonly at: string;
  readonly items: readonly ParkingZoneView[];
  readonly next: null;
}

/** `GET /notices`, public: what is out of order, without names of people. */
export interface NoticeView {
  readonly site_name: string;
  readonly zone_name: string;
  readonly what: string;
  readonly kind: string;
  readonly since: string;
  readonly expected_by: string;
}
