import { areEstablished, type Json } from "./manifest";

const ESTABLISHED = { status: { conditions: [{ type: "Established", status: "True" }] } };

test.each<[string, readonly Json[], boolean]>([
  ["all of them are", [ESTABLISHED, ESTABLISHED], true],
  ["one was only just taken", [ESTABLISHED, { status: { conditions: null } }], false],
  ["one has no status yet", [{}, ESTABLISHED], false],
  ["one is not yet", [{ status: { conditions: [{ type: "Established", status: "False" }] } }], false],
])("whether definitions are established: %s", (_, items, expected) => {
  expect(areEstablished({ items })).toBe(expected);
});
