// jest takes a time limit for all projects or none, so each kind's is set here, in milliseconds.
/** @type {Record<string, number>} */
const LIMITS = { terraform: 300_000, emulator: 900_000, cluster: 300_000 };
const path = expect.getState().testPath ?? "";
const kind = /\.(terraform|emulator|cluster)\.test\.ts$/.exec(path)?.[1] ?? "";
jest.setTimeout(LIMITS[kind] ?? 30_000);
