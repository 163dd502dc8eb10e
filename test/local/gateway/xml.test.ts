import { elementText } from "../../../local/gateway/xml";

test("elements, lists of them, and text that is no markup", () => {
  expect(elementText("A", { B: ["1", "2"], C: { D: "<&>" }, E: undefined, F: "" })).toBe(
    "<A><B>1</B><B>2</B><C><D>&lt;&amp;&gt;</D></C><F></F></A>",
  );
});
