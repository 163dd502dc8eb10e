import { acted, destroyed, differences, digestOf, sameDrift } from "../../../cli/apply/meaning";
import { completed } from "../../../cli/apply/progress";
import { withExactNumbers } from "../../../cli/input/exact-numbers";
import type { Json } from "../../../cli/input/json";
import type { ChangeJson, PlanJson, ResourceChangeJson } from "../../../cli/plan/plan-json";

function resource(change: ChangeJson, more: Partial<ResourceChangeJson> = {}): ResourceChangeJson {
  return { address: "aws_x.a", mode: "managed", type: "aws_x", name: "a", change, ...more };
}
const plan = (...resource_changes: ResourceChangeJson[]): PlanJson => ({ resource_changes });
const create = (after: Json, unknown: Json = {}): ChangeJson => ({
  actions: ["create"],
  before: null,
  after,
  after_unknown: unknown,
});
const update = (before: Json, after: Json, unknown: Json = {}): ChangeJson => ({
  actions: ["update"],
  before,
  after,
  after_unknown: unknown,
});

const replace = (id: string, ...actions: string[]): ChangeJson => ({
  actions: actions.length > 0 ? actions : ["delete", "create"],
  before: { id, size: 1 },
  after: { size: 2 },
  after_unknown: { id: true },
});
const remove = (id: string): ChangeJson => ({ actions: ["delete"], before: { id }, after: null });

const REVIEWED = plan(resource(update({ size: 1, name: "n" }, { size: 2, name: "n" })));

test.each<[string, PlanJson, PlanJson]>([
  ["the same", REVIEWED, REVIEWED],
  ["nothing left to do", REVIEWED, plan()],
  [
    "another value before, the same after",
    REVIEWED,
    plan(resource(update({ size: 3, name: "n" }, { size: 2, name: "n" }))),
  ],
  [
    "a value that could not be known is known by now",
    plan(resource(create({ list: ["a"] }, { list: [false, true], id: true }))),
    plan(resource(create({ list: ["a", "b"], id: "x-1" }))),
  ],
  [
    "a creation that was cut short is done again",
    plan(resource(create({ size: 1 }))),
    plan(
      resource(
        { actions: ["delete", "create"], before: { size: 1 }, after: { size: 1 } },
        { action_reason: "replace_because_tainted" },
      ),
    ),
  ],
  [
    "a replacement that was cut short after the deletion is completed",
    plan(resource(replace("x-1"))),
    plan(resource(create({ size: 2 }))),
  ],
  [
    "a replacement that was cut short after the creation is completed",
    plan(resource(replace("x-1", "create", "delete"))),
    plan(resource(remove("x-1"), { deposed: "0a1b2c3d" })),
  ],
  ["the same object is deleted", plan(resource(remove("x-1"))), plan(resource(remove("x-1")))],
  [
    "a data source is read",
    plan(),
    plan(resource({ actions: ["read"] }, { mode: "data", address: "data.aws_x.a" })),
  ],
])("%s does nothing that was not reviewed", (_, reviewed, fresh) => {
  expect(differences(reviewed, fresh)).toEqual([]);
});

test.each<[string, PlanJson, PlanJson, string]>([
  [
    "one more resource",
    REVIEWED,
    plan(resource(create({}), { address: "aws_x.b" })),
    "aws_x.b: create was not in the reviewed plan",
  ],
  [
    "another action",
    REVIEWED,
    plan(resource({ actions: ["delete", "create"] })),
    "aws_x.a: replace and not update, as was reviewed",
  ],
  [
    "another value",
    REVIEWED,
    plan(resource(update({ size: 1, name: "n" }, { size: 5, name: "n" }))),
    "aws_x.a: update with another size than was reviewed",
  ],
  [
    "one more attribute",
    REVIEWED,
    plan(resource(update({ size: 1, name: "drifted" }, { size: 2, name: "m" }))),
    "aws_x.a: update with another name than was reviewed",
  ],
  [
    "a value that is not known any more",
    REVIEWED,
    plan(resource(update({ size: 1, name: "n" }, { name: "n" }, { size: true }))),
    "aws_x.a: update with another size than was reviewed",
  ],
  [
    "a replacement that is not of something tainted",
    plan(resource(create({ size: 1 }))),
    plan(resource({ actions: ["delete", "create"], after: { size: 1 } })),
    "aws_x.a: replace and not create, as was reviewed",
  ],
  [
    "a deletion before the creation",
    plan(resource(replace("x-1", "create", "delete"))),
    plan(resource(replace("x-1", "delete", "create"))),
    "aws_x.a: replace deleting before creating, and not creating before deleting, as was reviewed",
  ],
  [
    "a deletion where the old object was to stay",
    plan(resource(replace("x-1", "create", "forget"))),
    plan(resource(replace("x-1", "create", "delete"))),
    "aws_x.a: replace creating before deleting, and not leaving the old object, as was reviewed",
  ],
  [
    "a deletion of another object",
    plan(resource(remove("x-1"))),
    plan(resource(remove("x-2"))),
    "aws_x.a: delete of x-2, and not of x-1, as was reviewed",
  ],
  [
    "a replacement of another object",
    plan(resource(replace("x-1"))),
    plan(resource(replace("x-2"))),
    "aws_x.a: replace of x-2, and not of x-1, as was reviewed",
  ],
  [
    "a deletion of another object that was put aside",
    plan(resource(replace("x-1", "create", "delete"))),
    plan(resource(remove("x-2"), { deposed: "0a1b2c3d" })),
    "aws_x.a: delete was not in the reviewed plan",
  ],
  [
    "another import",
    plan(resource({ actions: ["no-op"], importing: { id: "x-1" } })),
    plan(resource({ actions: ["no-op"], importing: { id: "x-2" } })),
    "aws_x.a: move or import takes over something else than was reviewed",
  ],
  [
    "a move",
    plan(resource({ actions: ["no-op"] })),
    plan(resource({ actions: ["no-op"] }, { previous_address: "aws_x.old" })),
    "aws_x.a: move or import was not in the reviewed plan",
  ],
])("%s is a difference", (_, reviewed, fresh, sentence) => {
  expect(differences(reviewed, fresh)).toEqual([sentence]);
});

test("outputs are compared too", () => {
  const output = (after: Json): PlanJson => ({
    output_changes: { url: { actions: ["update"], before: "a", after } },
  });

  expect(differences(output("b"), output("b"))).toEqual([]);
  expect(differences(output("b"), output("c"))).toEqual(["output url: has another value than was reviewed"]);
  expect(differences(plan(), output("b"))).toEqual(["output url: was not in the reviewed plan"]);
});

test("a digest stands for what a plan does, and for nothing else", () => {
  const one = resource(create({ size: 1 }));
  const other = resource({ actions: ["delete"], before: {}, after: null }, { address: "aws_x.b" });

  expect(digestOf(plan(one, other))).toMatch(/^[0-9a-f]{12}$/);
  expect(digestOf(plan(other, one, resource({ actions: ["no-op"] }, { address: "aws_x.c" })))).toBe(
    digestOf(plan(one, other)),
  );
  expect(digestOf(plan(resource(create({ size: 2 })), other))).not.toBe(digestOf(plan(one, other)));
  expect(digestOf(plan(one))).not.toBe(digestOf(plan(one, other)));
});

test("a digest of a deletion is of the object", () => {
  expect(digestOf(plan(resource(remove("x-1"))))).not.toBe(digestOf(plan(resource(remove("x-2")))));
});

test("drift is what the review has shown when it is the same", () => {
  const drift = (value: string): PlanJson => ({
    resource_drift: [resource(update({ policy: "a" }, { policy: value }))],
  });

  expect(sameDrift(drift("b"), drift("b"))).toBe(true);
  expect(sameDrift(drift("b"), {})).toBe(true);
  expect(sameDrift(drift("b"), drift("c"))).toBe(false);
  expect(sameDrift(undefined, drift("b"))).toBe(false);
});

test("what a plan destroys is found in every form of it", () => {
  const with_ = (address: string, ...actions: string[]) => resource({ actions }, { address });

  const document = plan(
    with_("a", "delete"),
    with_("b", "delete", "create"),
    with_("c", "create", "delete"),
    with_("d", "forget"),
    with_("e", "create"),
    with_("f", "update"),
    with_("g", "no-op"),
  );

  expect(destroyed(document)).toEqual(["a", "b", "c", "d"]);
  expect(acted(document)).toEqual(["a", "b", "c", "d", "e", "f"]);
});

test("what Terraform has completed is read from what it printed", () => {
  const output = `aws_x.a: Creating...
aws_x.a: Creation complete after 1s [id=a]
aws_x.b["k"]: Modifications complete after 0s [id=b]
aws_x.c: Still destroying... [id=c, 10s elapsed]
aws_x.d (deposed object 0a1b2c3d): Destruction complete after 0s
`;

  expect(completed(output)).toEqual(["aws_x.a", 'aws_x.b["k"]', "aws_x.d"]);
});

describe("a number that JavaScript would round", () => {
  const printed = (number: string) =>
    `{"resource_changes":[{"address":"aws_x.a","mode":"managed","type":"aws_x","name":"a","change":{"actions":["update"],"before":{"size":1},"after":{"size":${number}}}}]}`;
  const read = (number: string) => JSON.parse(withExactNumbers(printed(number))) as PlanJson;

  test("is another one when one digit differs", () => {
    expect(differences(read("9007199254740996"), read("9007199254740996"))).toEqual([]);
    expect(differences(read("9007199254740996"), read("9007199254740997"))).toEqual([
      "aws_x.a: update with another size than was reviewed",
    ]);
  });

  test("planted fault: read as JavaScript does, it is the same", () => {
    const rounded = (number: string) => JSON.parse(printed(number)) as PlanJson;
    expect(differences(rounded("9007199254740996"), rounded("9007199254740997"))).toEqual([]);
  });
});
