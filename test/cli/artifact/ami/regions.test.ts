import { exitCodeOf, failures, inRegions, succeeded } from "../../../../cli/artifact/ami/regions";
import { CliError, Interrupted } from "../../../../cli/console/errors";
import { EXIT } from "../../../../cli/console/exit-codes";

const REGIONS = ["us-east-1", "us-west-2", "eu-west-1"];

test("one Region that fails takes no other down, and each says what became of it", async () => {
  const outcomes = await inRegions(REGIONS, async (region) => {
    if (region === "us-west-2") throw new CliError(EXIT.MISSING, "not enabled");
    return region.length;
  });
  expect(succeeded(outcomes)).toEqual([
    { region: "us-east-1", value: 9 },
    { region: "eu-west-1", value: 9 },
  ]);
  expect(failures(outcomes).map(({ region, error }) => [region, error.message])).toEqual([
    ["us-west-2", "not enabled"],
  ]);
  expect(exitCodeOf(outcomes)).toBe(EXIT.MISSING);
});

test.each([
  [[], EXIT.OK],
  [[EXIT.HELD], EXIT.HELD],
  [[EXIT.HELD, EXIT.MISSING], EXIT.FAILED],
  [[EXIT.HELD, EXIT.INTERRUPTED], EXIT.INTERRUPTED],
] as const)("failures %j end with %j", async (codes, code) => {
  const outcomes = codes.map((one, at) => ({
    region: REGIONS[at] ?? "",
    error: one === EXIT.INTERRUPTED ? new Interrupted() : new CliError(one, "no"),
  }));
  expect(exitCodeOf(outcomes)).toBe(code);
});
