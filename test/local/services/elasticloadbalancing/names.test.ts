import { chainOf, type NameRecord } from "../../../../local/services/elasticloadbalancing/names";

const record = (name: string, leadsTo: string, weight = 1): NameRecord => ({ name, leadsTo, weight });
const RECORDS = [
  record("app.preview.localhost", "balancer.elb.localhost"),
  record("*.preview.localhost", "other.elb.localhost"),
  record("www.example.com", "app.preview.localhost"),
  record("one.loop.localhost", "two.loop.localhost"),
  record("two.loop.localhost", "one.loop.localhost"),
  record("idle.localhost", "balancer.elb.localhost", 0),
];

test("a name leads to a load balancer, also by way of another", () => {
  expect(chainOf("app.preview.localhost", RECORDS)).toContain("balancer.elb.localhost");
  expect(chainOf("www.example.com", RECORDS)).toContain("balancer.elb.localhost");
});

test("a record for every name counts for those without one of their own", () => {
  expect(chainOf("new.preview.localhost", RECORDS)).toContain("other.elb.localhost");
  expect(chainOf("app.preview.localhost", RECORDS)).not.toContain("other.elb.localhost");
  expect(chainOf("preview.localhost", RECORDS)).toEqual(["preview.localhost"]);
});

test("a circle ends, and a record of weight 0 is not followed", () => {
  expect(chainOf("one.loop.localhost", RECORDS)).toEqual(["one.loop.localhost", "two.loop.localhost"]);
  expect(chainOf("idle.localhost", RECORDS)).toEqual(["idle.localhost"]);
});
