import { Contract } from "./contract";

const contract = Contract.published();
const comments = {
  template: "/repos/{owner}/{repo}/issues/{issue_number}/comments",
  path: { owner: "octo-org", repo: "platform", issue_number: "7" },
  query: {},
};
const list = { ...comments, method: "get" };
const create = { ...comments, method: "post" };

test("what agrees with GitHub's description passes", () => {
  expect(contract.request({ ...list, query: { per_page: "100", page: "2" } })).toEqual([]);
  expect(contract.request({ ...create, body: { body: "text" } })).toEqual([]);
  expect(contract.answer(create, 201, contract.example("issue-comment"))).toEqual([]);
  expect(contract.answer(list, 200, [contract.example("issue-comment")])).toEqual([]);
});

test.each([
  ["an unknown path", { ...list, template: "/repos/{owner}/{repo}/remarks" }, "GitHub has no get"],
  ["an unknown parameter", { ...list, query: { pages: "2" } }, "no parameter pages"],
  ["a number that is none", { ...list, query: { page: "two" } }, "page must be integer"],
  ["a missing parameter", { ...list, path: { owner: "o", repo: "r" } }, "issue_number is missing"],
  ["a missing field", { ...create, body: { text: "text" } }, "body must have required property 'body'"],
  ["a body where there is none", { ...list, body: {} }, "it takes no body"],
])("%s is found in a request", (_, call, fault) => {
  expect(contract.request(call).join("\n")).toContain(fault);
});

test.each([
  ["an unknown status", 299, contract.example("issue-comment"), "never answers with 299"],
  [
    "a field of another type",
    201,
    { ...contract.example("issue-comment"), id: "7" },
    "answer/id must be integer",
  ],
  ["a missing field", 201, {}, "must have required property 'user'"],
])("%s is found in an answer", (_, status, body, fault) => {
  expect(contract.answer(create, status, body).join("\n")).toContain(fault);
});
