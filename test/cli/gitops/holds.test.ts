import { readHolds, withHold, writeHolds } from "../../../cli/gitops/holds";

const hold = (reason: string) =>
  readHolds(
    writeHolds(
      withHold({}, "app", {
        at: `registry.example/app@sha256:${"a".repeat(64)}`,
        bad: `sha256:${"b".repeat(64)}`,
        note: { since: "2026-11-30T10:00:00.000Z", by: "octocat", reason },
      }),
    ),
    "image-holds.yaml",
  ).app;

test.each(["errors at 12 %", "- a: b\n# c\n---\n", "\u001b[31m \"q\" 'r' `x` \u0000"])(
  "a reason is read as it was written: %j",
  (reason) => {
    expect(hold(reason)).toMatchObject({ held: { reason }, refused: [{ reason }] });
  },
);

test("a reason that is a whole log is shortened: the file can be read all the same", () => {
  const found = hold("🔥".repeat(5000));
  expect([...(found?.held?.reason ?? "")]).toHaveLength(2000);
  expect(found?.refused[0]?.reason).toMatch(/^🔥+…$/u);
});
