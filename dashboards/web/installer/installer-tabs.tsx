import type { JSX } from 'preact';

/** The installer's two lists. */
export function InstallerTabs({ at }: { at: 'devices' | 'quarantine' }): JSX.Element {
  return (
    <nav class="tabs" aria-label="Installer">
      <a href="/devices" aria-current={at === 'devices' ? 'page' : undefined}>
        Devices
      </a>
      <a href="/quarantine" aria-current={at === 'quarantine' ? 'page' : undefined}>
        Rejected messages
      </a>
    </nav>
  );
}
