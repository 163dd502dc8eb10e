import { routeFaults } from "@groundplan/modules/service/route";
import { SERVICE, serviceWith } from "./made";

if (!SERVICE.route) throw new Error("no route");
const ROUTE = SERVICE.route;

test("one rule leads a host name to the service, and the target group's name is cut with a hash", () => {
  const stack = serviceWith({ name: "groundplan-development-a-very-long-name" });
  const name = String(stack.one("aws_lb_target_group").name);
  expect(name.length).toBeLessThanOrEqual(32);
  expect(name).toMatch(/^groundplan-development-[0-9a-f]{8}$/);
  expect(
    serviceWith({ name: "groundplan-development-a-very-long-nama" }).one("aws_lb_target_group").name,
  ).not.toBe(name);
  expect(stack.one("aws_lb_listener_rule")).toMatchObject({
    condition: [{ host_header: { values: ["shop.example.com"] } }],
    action: [{ type: "forward" }],
  });
  expect(stack.one("aws_lb_listener_rule")).not.toHaveProperty("lifecycle");
});

test("with a standby the weights are moved outside of Terraform, and another target group still reaches the rule", () => {
  const stack = serviceWith({ route: { ...ROUTE, standbyTargetGroupArn: "arn:wake" } });
  const group = stack.address("aws_lb_target_group", "shop/route/target-group");
  expect(stack.one("aws_lb_listener_rule")).toMatchObject({
    action: [
      {
        forward: {
          target_group: [
            { arn: `\${${group}.arn}`, weight: 100 },
            { arn: "arn:wake", weight: 0 },
          ],
        },
      },
    ],
    lifecycle: { ignore_changes: ["action"], replace_triggered_by: [`${group}.arn`] },
  });
});

test.each([
  [{ hostNames: [] }, "hostNames has 0 names"],
  [{ hostNames: ["a_b.example.com"] }, 'host name "a_b.example.com" is none'],
  [{ hostNames: [`${"a".repeat(64)}.example.com`] }, "is none, or longer than 128"],
  [{ healthCheckPath: "health" }, 'healthCheckPath "health" is not a path'],
  [{ healthCheckPath: "/ health" }, "is not a path"],
  [{ healthCheckSeconds: 4 }, "healthCheckSeconds is 4"],
  [{ deregistrationSeconds: 3601 }, "deregistrationSeconds is 3601"],
])("refuses %j", (change, what) => {
  expect(
    routeFaults({ ...ROUTE, ...change })
      .map((fault) => fault.what)
      .join(),
  ).toContain(what);
});

test("a wildcard and a token pass", () => {
  expect(routeFaults({ ...ROUTE, hostNames: ["*.example.com", "${aws_x.y.name}"] })).toEqual([]);
});
