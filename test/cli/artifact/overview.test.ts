import type { Running } from "../../../cli/artifact/kind";
import { stateOf } from "../../../cli/artifact/overview";
import { pinned } from "../../../cli/artifact/pin";

const ARTIFACT = {
  sha256: "a".repeat(64),
  sourceCodeHash: "hash",
  key: "artifacts/api/a.zip",
  versionId: "v1",
  size: 1,
  commit: "c",
  time: "2026-01-01T00:00:00.000Z",
};
const RUNNING: Running = { version: "3", sourceCodeHash: "hash", weights: {} };
const read = { pin: pinned("artifacts", ARTIFACT, undefined, new Date(0)), version: 1 };

test.each([
  ["the pinned artifact", read, RUNNING, "get it"],
  ["another one", read, { ...RUNNING, sourceCodeHash: "other" }, "get another: its deploy was interrupted"],
  ["it in part", read, { ...RUNNING, weights: { 4: 0.1 } }, "10 % get it: a gradual deploy is under way"],
  ["nothing yet", read, undefined, "stack not deployed"],
  ["what was never pinned", "nothing", RUNNING, "get what was never pinned"],
  ["what another account knows", "elsewhere", undefined, "another account's"],
  ["what the credentials hide", "hidden", undefined, "not visible with these credentials"],
] as const)("callers get %s", (_, pin, running, state) => {
  expect(stateOf(pin, running)).toBe(state);
});
