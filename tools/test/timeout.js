// jest takes a time limit for all projects or none, so each kind's is set here, in milliseconds.
const path = expect.getState().testPath ?? "";
const kind = /\.(terraform|emulator)\.test\.ts$/.exec(path)?.[1];
jest.setTimeout(kind === "emulator" ? 900_000 : kind === "terraform" ? 300_000 : 30_000);
