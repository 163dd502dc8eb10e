// jest takes a time limit for all projects or none, so each kind's is set here, in milliseconds. It ends what hangs, and
// nothing else: several times what the slowest takes on a machine that is slow and busy.
/** @type {Record<string, number>} */
const LIMITS = { program: 600_000, terraform: 900_000, emulator: 900_000, cluster: 900_000 };
const path = expect.getState().testPath ?? "";
const kind = /\.(program|terraform|emulator|cluster)\.test\.ts$/.exec(path)?.[1] ?? "";
jest.setTimeout(LIMITS[kind] ?? 180_000);
