import { keptMetadata } from "../../../cli/preview/create";
import { PREVIEW } from "./made";

const LOADED = { ...PREVIEW, loaded: "own", warnedAt: PREVIEW.updatedAt, sleep: { idle: "1h" } };

test.each(["own", "shared"] as const)("a database that was filled is not filled again: %s", (database) => {
  expect(keptMetadata(LOADED, database)).toEqual({ ...PREVIEW, loaded: "own" });
});

test("without a database, it is forgotten that one was filled: the next one is new", () => {
  expect(keptMetadata(LOADED, "none")).toEqual(PREVIEW);
  expect(keptMetadata(PREVIEW, "own")).toEqual(PREVIEW);
});
