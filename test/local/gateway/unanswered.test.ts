import { mayBeUnanswered, reasonOf } from "../../../local/gateway/unanswered";

const HEAD = {
  method: "POST",
  url: "/",
  headers: {},
  operation: "X",
  scope: { accessKey: "x", region: "us-east-1", service: "logs" },
};

const answer = (statusCode: number, type: string, length = 100) => ({
  statusCode,
  headers: { "content-type": type, "content-length": String(length) },
});

test.each([
  [answer(500, "text/html"), "<h1>Error</h1>\n<p>not implemented</p>", "not implemented"],
  [
    answer(404, "text/html; charset=utf-8"),
    "<!doctype html>\n<p>The URL was not found.</p>",
    "The URL was not found.",
  ],
  [
    answer(400, "application/json"),
    '{"__type":"InvalidAction","message":"Unknown action: Go"}',
    "Unknown action: Go",
  ],
  [
    answer(404, "application/xml"),
    "<Error><Message>No route for POST /x</Message></Error>",
    "No route for POST /x",
  ],
])("%j says that a call is lacked", (asked, body, reason) => {
  expect(mayBeUnanswered(HEAD, asked)).toBe(true);
  expect(reasonOf(asked, body)).toContain(reason);
});

test.each([
  [answer(404, "text/plain"), "no such thing"],
  [
    answer(400, "application/json"),
    '{"__type":"ValidationException","message":"the action is unknown to you"}',
  ],
  [answer(404, "application/xml"), "<Error><Code>NoSuchKey</Code></Error>"],
])("planted fault: %j is an answer that stands", (asked, body) => {
  expect(reasonOf(asked, body)).toBeUndefined();
});

test("what an API answers is its own, and nothing long is held", () => {
  expect(mayBeUnanswered({ ...HEAD, target: "api" }, answer(404, "application/json"))).toBe(false);
  expect(mayBeUnanswered(HEAD, answer(400, "application/json", 10_000))).toBe(false);
  expect(mayBeUnanswered(HEAD, answer(200, "application/json"))).toBe(false);
});
