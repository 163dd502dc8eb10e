import { CliError, Interrupted } from "../../../cli/console/errors";
import { EXIT } from "../../../cli/console/exit-codes";
import { taskFailure } from "../../../cli/preview/masked-copy";

const SOURCE = {
  name: "shop",
  host: "db",
  port: 5432,
  database: "shop",
  secretArn: "arn",
  production: false,
};
const copied = (masked: boolean) => ({ copy: { ...SOURCE, masked, keep: [], mask: [] } });

const failed = new CliError(EXIT.FAILED, "task migrate failed: exit code 1", "| relation notes exists");

test("migrations that fail on a masked copy say which column to keep", () => {
  expect(String(taskFailure(failed, "migrate", copied(true)))).toMatch(
    /migrate failed.*\n.*relation notes exists\n.*masked copy of shop.*\n.*add it to keep of previews\.sources\.shop/,
  );
});

test.each([
  ["another task", failed, "copy", copied(true)],
  ["a copy that is not masked", failed, "migrate", copied(false)],
  ["a dump", failed, "migrate", { seed: "db/seed.sql" }],
  ["an interrupt", new Interrupted(), "migrate", copied(true)],
] as const)("of %s nothing more is said", (_, error, task, data) => {
  expect(taskFailure(error, task, data)).toBe(error);
});
