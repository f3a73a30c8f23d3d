const STEP = 0.1;

/** Tells how far long work is: one line that changes on a terminal, a line for each tenth elsewhere. */
export function progressLine(what: string, out: NodeJS.WriteStream): (share: number, detail: string) => void {
  let told = -STEP;
  return (share, detail) => {
    const text = `${what} ${String(Math.floor(share * 100)).padStart(3)} %  ${detail}`;
    if (out.isTTY) out.write(`\r${text}${share >= 1 ? '\n' : ''}`);
    else if (share >= told + STEP || share >= 1) {
      told = share;
      out.write(`${text}\n`);
    }
  };
}

/** Milliseconds that are left if the work goes on as it went; undefined before anything can be said. */
export function leftMs(share: number, elapsedMs: number): number | undefined {
  return share >= 0.01 ? (elapsedMs * (1 - share)) / share : undefined;
}
