import { MalformedOrder, parseOrder } from "../../../services/runner-core/src/order";
import { attemptOf, runnerName } from "../../../services/runner-core/src/runner-name";

test("an order is read as it was sent", () => {
  const order = { jobId: 7, pool: "small", attempt: 2 };
  expect(parseOrder(JSON.stringify(order))).toEqual(order);
});

test.each([
  "",
  "null",
  "[]",
  '{"jobId":1.5,"pool":"a","attempt":1}',
  '{"jobId":1,"pool":"","attempt":1}',
  '{"jobId":1,"pool":"a"}',
])("%s is no order", (body) => expect(() => parseOrder(body)).toThrow(MalformedOrder));

test("the name of a runner says what it was made for, and the longest fits", () => {
  const name = runnerName("groundplan-dev", { jobId: 99_999_999_999, pool: "small", attempt: 3 }, "ab12cd34");
  expect(name.length).toBeLessThanOrEqual(64);
  expect(attemptOf("groundplan-dev", name)).toEqual({ jobId: 99_999_999_999, attempt: 3 });
});

test.each(["groundplan-dev-01", "groundplan-development-1-2-ab", "other-1-2-ab", "groundplan-dev-1-2-AB"])(
  "%s is not a runner of the fleet",
  (name) => expect(attemptOf("groundplan-dev", name)).toBeUndefined(),
);
