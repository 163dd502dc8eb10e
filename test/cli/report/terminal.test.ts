import { reportOf } from "../../../cli/report/report";
import { terminal } from "../../../cli/report/terminal";
import { planned, realPlan, resource, runOf, SECRETS } from "./runs";

test("verdict, errors, risks, a table, and what waits", () => {
  const error = { phase: "plan", message: "Error: no such bucket\n  at dev-b", addresses: [] } as const;
  const deferred = { on: ["dev-b"], why: "upstream-failed", reads: [], message: "waits for dev-b" } as const;
  const run = runOf([
    planned("dev-a"),
    planned("dev-b", { status: "failed", error }),
    planned("prod-a", { status: "deferred", deferred }),
    planned("prod-b", {
      status: "unchanged",
      affected: { change: "downstream", reasons: ["downstream of prod-a"] },
    }),
  ]);
  const text = terminal(
    reportOf(run, (name) => (name === "dev-a" ? realPlan("everything") : undefined)),
  ).join("\n");

  expect(text.split("\n")[0]).toMatch(
    /^1 stack could not be planned, 1 stack will change, .* {2}0123456789ab$/,
  );
  expect(text).toContain("dev-b failed (plan)\n  Error: no such bucket\n    at dev-b\n");
  expect(text).toContain("kms-key-deletion  aws_kms_key.data in dev-a\n  KMS key deleted after 30 days");
  expect(text).toMatch(/^stack {2}dev +prod\na {6}\+2 ~8 ±2 −2 .* waits\nb {6}failed +·$/m);
  expect(text).toContain("prod-a waits: waits for dev-b");
  expect(text).toContain("prod-b downstream: downstream of prod-a");
  for (const secret of SECRETS) expect(text).not.toContain(secret);
});

test("nothing of a name reaches the terminal but its letters", () => {
  const name = "\u001b[2J\u001b]0;title\u0007a\u202eb\rc";
  const plan = { resource_changes: [resource(`aws_eip.${name}`, ["delete"], { a: name }, null)] };
  const text = terminal(reportOf(runOf([planned(name)]), () => plan)).join("\n");

  expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(text).toContain("aws_eip.ab c");
});
