import type { Role } from '../site.ts';

/** `POST /session` signs in (cookie), `GET /session` says who, `DELETE /session` signs out. */
export interface SessionRequest {
  readonly user: string;
  readonly password: string;
}

export interface SessionView {
  readonly user: string;
  readonly name: string;
  readonly role: Role;
}
