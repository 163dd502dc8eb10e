import { readFileSync } from "node:fs";
import { join } from "node:path";
import { priceOfConfiguration } from "../../../cli/cost/configuration";
import { moneyWords } from "../../../cli/cost/money";
import { type PlanPrice, priceOf } from "../../../cli/cost/price";
import { documentOf } from "../../../cli/plan/document";
import type { RawPlan } from "../../../cli/plan/raw";
import { Secrets } from "../../../cli/plan/secrets";
import { DAY } from "./made";

/**
 * What Terraform 1.11.4 and the AWS provider plan of everything.tf.json: `terraform plan -refresh=false`, `terraform show
 * -json`, without the parts planned_values and prior_state, and without the provider's credentials.
 */
const read = (file: string) => JSON.parse(readFileSync(join(__dirname, "plans", file), "utf8"));
const raw: RawPlan = read("everything.json");

const monthly = ({ resources }: PlanPrice) =>
  Object.fromEntries(
    resources
      .filter(({ status }) => status === "priced" || status === "unknown")
      .map(({ address, after, why }) => [address, after ? moneyWords(after) : why])
      .sort(),
  );

const EXPECTED = {
  // The provider computes what nobody sets: it is AWS's default, and no reason to know nothing.
  "aws_autoscaling_group.g": "$64.74",
  "aws_autoscaling_group.m": "$20.41 to $148.16",
  "aws_cloudwatch_dashboard.d": "$3.00",
  "aws_cloudwatch_metric_alarm.a": "$0.10",
  "aws_cloudwatch_metric_alarm.q": "$0.20",
  "aws_db_instance.d": "$13.98",
  "aws_db_instance.g": "$27.96",
  "aws_dynamodb_table.p": "$2.85",
  "aws_ebs_volume.g": "$0.80",
  "aws_ebs_volume.v": "$1.00",
  // By its autoscaling, one to three tasks.
  "aws_ecs_service.s": "$9.01 to $27.03",
  "aws_ecs_service.spot": "$6.35 to $12.66",
  "aws_eip.e": "$3.65",
  "aws_eks_cluster.c": "$73.00",
  "aws_eks_cluster.old": "$438.00",
  "aws_eks_node_group.l": "$68.74",
  "aws_eks_node_group.n": "$63.94 to $64.74",
  "aws_instance.r": "$13.64",
  "aws_instance.s": "$0.76 to $11.24",
  "aws_instance.w": "$70.08 to $73.73",
  "aws_kms_key.k": "$1.00",
  "aws_lb.i": "$16.43",
  "aws_lb.l": "$23.73",
  // Its address is the elastic IP, which has a price of its own.
  "aws_lb.n": "$16.43",
  "aws_nat_gateway.n": "$32.85",
  "aws_route53_zone.z": "$0.50",
  "aws_secretsmanager_secret.s": "$0.40",
  "aws_ssm_parameter.a": "$0.05",
  // Two subnets, and as many as a count makes.
  "aws_vpc_endpoint.i": "$14.60",
  "aws_vpc_endpoint.splat": "$21.90",
};

test("a plan of the real provider is priced resource by resource", () => {
  const price = priceOf(raw, { day: DAY });
  expect(monthly(price)).toEqual(EXPECTED);
  expect(price.counts).toMatchObject({ usage: 9, unknown: 0 });
  expect(moneyWords(price.after)).toBe("$1,010.07 to $1,177.08");
});

test("the plan as Groundplan keeps it, without its configuration, costs the same", () => {
  const document = documentOf(raw, new Secrets().addPlan(raw));
  expect(document).not.toHaveProperty("configuration");
  expect(priceOf(document, { day: DAY })).toEqual(priceOf(raw, { day: DAY }));
});

test("its code costs what its plan costs", () => {
  const price = priceOfConfiguration(read("everything.tf.json"), { day: DAY, region: "us-east-1" });
  expect(monthly(price)).toEqual(EXPECTED);
});

test("another year's plan of the same costs what AWS's support then costs", () => {
  const version = (day: string) =>
    moneyWords(
      priceOf(
        {
          region: "us-east-1",
          resource_changes: [
            {
              address: "aws_eks_cluster.c",
              mode: "managed",
              type: "aws_eks_cluster",
              change: { actions: ["no-op"], before: { version: "1.34" }, after: { version: "1.34" } },
            },
          ],
        },
        { day },
      ).after,
    );
  expect([version("2026-12-02"), version("2026-12-03")]).toEqual(["$73.00", "$438.00"]);
});
