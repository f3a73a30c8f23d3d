import type { Directory } from '../../model/directory.ts';
import type { PersonView } from '../../model/views/site.ts';

/** A person by id. One who has left is known by the id; `rules` is what telemetry did by itself. */
export function personView(directory: Directory, id: string): PersonView {
  return { id, name: directory.person(id)?.name ?? (id === 'rules' ? 'Steward' : id) };
}
