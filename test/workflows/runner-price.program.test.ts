import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../temporary-folder";

const SCRIPT = join(__dirname, "..", "..", ".github", "actions", "runner-price", "price.sh");

/** What the instance and AWS answer. */
interface Answers {
  readonly life?: string;
  readonly type?: string;
  readonly aws?: string;
  readonly charge?: string;
  readonly isElsewhere?: boolean;
}

const ON_DEMAND = `echo '{"terms":{"OnDemand":{"a":{"priceDimensions":{"b":{"pricePerUnit":{"USD":"0.2000"}}}}}}}'`;

/** Runs the script half an hour after the job has begun. */
function price({
  life = "spot",
  type = "m7i.large",
  aws = "echo 0.0360",
  charge = "0",
  isElsewhere,
}: Answers) {
  const folder = temporaryFolder("runner-price");
  try {
    mkdirSync(join(folder, "bin"));
    const program = (name: string, text: string) =>
      writeFileSync(join(folder, "bin", name), `#!/usr/bin/env bash\n${text}\n`, { mode: 0o755 });
    program(
      "curl",
      isElsewhere
        ? "exit 28"
        : `case "\${!#}" in */token) echo t ;; */instance-type) echo '${type}' ;; */instance-life-cycle) echo ${life} ;;
           */availability-zone) echo us-east-1a ;; */region) echo us-east-1 ;; *) exit 22 ;; esac`,
    );
    program("aws", `echo "$*" >"${folder}/asked"; ${aws}`);
    const event = join(folder, "event.json");
    writeFileSync(event, "{}");
    const begun = Date.now() / 1000 - 1800;
    utimesSync(event, begun, begun);
    const summary = join(folder, "summary");
    const { status, stdout } = spawnSync(SCRIPT, {
      env: {
        PATH: `${join(folder, "bin")}:${process.env.PATH}`,
        GITHUB_EVENT_PATH: event,
        GITHUB_STEP_SUMMARY: summary,
        MINUTE_CHARGE: charge,
      },
      encoding: "utf8",
    });
    const read = (file: string) => (existsSync(file) ? readFileSync(file, "utf8") : "");
    return { status, stdout, summary: read(summary), asked: read(join(folder, "asked")) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Dollars in the table of a summary. */
const dollars = (summary: string) => Number(/\| ([\d.]+) \|\n$/.exec(summary)?.[1]);

test("half an hour of a spot instance is half of its price, and GitHub's charge for each minute", () => {
  const { status, summary, asked } = price({});
  expect([status, summary]).toEqual([0, expect.stringContaining("| m7i.large | spot | 18")]);
  expect(dollars(summary)).toBeCloseTo(0.018, 3);
  expect(asked).toContain("describe-spot-price-history --region us-east-1 --instance-types m7i.large");
  expect(dollars(price({ charge: "0.002" }).summary)).toBeGreaterThan(0.077);
});

test("an on-demand instance has the price of the list", () => {
  const { summary } = price({ life: "on-demand", aws: ON_DEMAND });
  expect(summary).toContain("| m7i.large | on-demand |");
  expect(dollars(summary)).toBeCloseTo(0.1, 2);
});

test.each<[string, Answers]>([
  ["elsewhere than on EC2", { isElsewhere: true }],
  ["a role that may not ask", { aws: "exit 254" }],
  ["no price", { aws: "echo None" }],
  ["an instance that says something else", { type: "| [x](https://example.com) |" }],
  ["a charge that is no number", { charge: "1; exit 1" }],
])("%s is a notice, and the job goes on", (_, answers) => {
  const { status, stdout, summary } = price(answers);
  expect([status, summary]).toEqual([0, ""]);
  expect(stdout).toContain("::notice::The price of this job is not known");
});
