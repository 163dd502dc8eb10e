import { isOlder, markerOf, written } from "../../../cli/github/marker";

const head = "0123456789abcdef0123456789abcdef01234567";
const run = { number: 12, attempt: 2 };

test.each(["plan:.", "plan:apps/web", "plan:a--b -->", "plan:\u00e4 <b>"])(
  "%j comes back as it was",
  (subject) => {
    const line = written({ subject, head, run });

    expect(line).toMatch(/^<!-- (?:(?!--).)* -->$/);
    expect(markerOf(`${line}\ntext`)).toEqual({ subject, head, run });
  },
);

test("no commit is a marker too", () => {
  expect(markerOf(written({ subject: "plan:.", head: "", run }))?.head).toBe("");
});

test.each([
  ["text in front", `text\n${written({ subject: "plan:.", head, run })}`],
  ["text behind", `${written({ subject: "plan:.", head, run })} text`],
  ["half a commit", written({ subject: "plan:.", head, run }).replace(head, head.slice(1))],
  ["a broken subject", written({ subject: "plan:.", head, run }).replace("plan%3A", "plan%")],
  ["nothing", null],
])("%s is none", (_, body) => {
  expect(markerOf(body)).toBeUndefined();
});

test("a run is older by its number, then by its attempt", () => {
  expect(isOlder({ number: 9, attempt: 3 }, { number: 10, attempt: 1 })).toBe(true);
  expect(isOlder({ number: 10, attempt: 1 }, { number: 10, attempt: 2 })).toBe(true);
  expect(isOlder({ number: 10, attempt: 2 }, { number: 10, attempt: 2 })).toBe(false);
});
